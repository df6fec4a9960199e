//! A secret that changes: sealed, and only the one after the one that was read takes its place.

use shopwatch::store::sealed::Kept;

use crate::world::World;
use crate::world::database::Base;

on_both! { a_secret_follows_the_one_that_was_read, of_two_who_follow_it_one_does }

fn kept(number: u64, plain: &str) -> Option<Kept> {
    Some(Kept { number, plain: plain.as_bytes().to_vec() })
}

async fn a_secret_follows_the_one_that_was_read(base: Base) {
    let world = World::on(base).await;
    let store = world.store();
    assert_eq!(store.sealed("chat/tokens").await.unwrap(), None);
    assert!(!store.seal_after("chat/tokens", 1, b"none before").await.unwrap());
    assert!(store.seal_after("chat/tokens", 0, b"first").await.unwrap());
    assert!(!store.seal_after("chat/tokens", 0, b"another first").await.unwrap());
    assert_eq!(store.sealed("chat/tokens").await.unwrap(), kept(1, "first"));
    for number in 1..12 {
        assert!(store.seal_after("chat/tokens", number, format!("after {number}").as_bytes()).await.unwrap());
        assert!(!store.seal_after("chat/tokens", number, b"too late").await.unwrap());
    }
    assert_eq!(store.sealed("chat/tokens").await.unwrap(), kept(12, "after 11"));
    assert!(!store.seal_after("chat/tokens", 1, b"1 is not 12").await.unwrap());

    // It opens at its own place and with its own number alone.
    let value = store.noted("sealed/chat/tokens").await.unwrap().unwrap();
    assert!(!value.contains("after"), "{value}");
    store.note("sealed/chat/other", &value).await.unwrap();
    assert!(store.sealed("chat/other").await.is_err());
    store.note("sealed/chat/tokens", &value.replacen("12", "13", 1)).await.unwrap();
    assert!(store.sealed("chat/tokens").await.is_err());
}

async fn of_two_who_follow_it_one_does(base: Base) {
    let world = World::on(base).await;
    let other = world.replica().await;
    for number in 0..20 {
        let (here, there) = tokio::join!(
            world.store().seal_after("chat/tokens", number, b"here"),
            other.store().seal_after("chat/tokens", number, b"there")
        );
        let (here, there) = (here.unwrap(), there.unwrap());
        assert!(here != there, "{number}");
        let plain = if here { "here" } else { "there" };
        assert_eq!(world.store().sealed("chat/tokens").await.unwrap(), kept(number + 1, plain));
    }
}
