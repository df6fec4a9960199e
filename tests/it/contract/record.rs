//! Whoever changes the record behind the program's back is found, and the first line that is not as it was written is
//! named. Rows are edited by SQL, on a connection of the test's own.

use domain::audit::Broken;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::incident::verb::Verb;
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter};
use shopwatch::store::entity::{entry, incident};
use shopwatch::store::verify::{Finding, Verdict};

use super::{kept, step};
use crate::world::World;
use crate::world::database::Base;
use crate::world::people::{NOOR, minutes};

on_both! {
    an_untouched_record_is_whole,
    a_changed_line_is_named_whatever_was_changed,
    a_changed_line_with_a_hash_made_anew_is_named,
    a_record_that_was_written_anew_to_its_end_is_named,
    a_missing_line_is_named,
    a_missing_end_is_named,
    lines_in_another_order_are_named,
    a_line_too_many_is_named,
    lines_without_their_incident_are_named,
    a_changed_head_is_named,
    words_beside_a_line_that_were_changed_are_named,
    values_of_the_wrong_length_are_named_like_any_change,
    an_incident_that_is_not_as_its_last_step_left_it_is_named,
}

/// How many lines each record has.
const LINES: i32 = 4;

/// Three incidents with four lines each; the one in the middle is tampered with.
async fn three(world: &World) -> Incident {
    for number in 1..=3 {
        let mut incident = kept(world, number).await;
        for verb in [Verb::Claim, Verb::Note { text: "seen on camera".into() }, Verb::Release] {
            world.clock.advance(minutes(1));
            incident = step(world, &incident, NOOR, verb).await;
        }
    }
    world.store().incident(super::id(2)).await.unwrap().unwrap()
}

async fn verdict(world: &World) -> Verdict {
    world.store().verify(|_| ()).await.unwrap()
}

/// The one finding names this incident and this line.
async fn check_named(world: &World, tampered: &Incident, broken: Broken) {
    let finding = Finding::Record { reference: tampered.reference.to_string(), incident: tampered.id, broken };
    assert_eq!(verdict(world).await.findings, [finding]);
}

fn line(of: IncidentId, seq: i32) -> sea_orm::Condition {
    sea_orm::Condition::all().add(entry::Column::Incident.eq(of.0)).add(entry::Column::Seq.eq(seq))
}

async fn set(
    db: &DatabaseConnection,
    of: &Incident,
    seq: i32,
    column: entry::Column,
    value: impl Into<sea_orm::Value>,
) {
    let changed =
        entry::Entity::update_many().col_expr(column, Expr::val(value.into())).filter(line(of.id, seq)).exec(db).await;
    assert_eq!(changed.unwrap().rows_affected, 1);
}

async fn get(db: &DatabaseConnection, of: &Incident, seq: i32) -> entry::Model {
    entry::Entity::find().filter(line(of.id, seq)).one(db).await.unwrap().unwrap()
}

async fn delete(db: &DatabaseConnection, of: &Incident, seq: i32) {
    assert_eq!(entry::Entity::delete_many().filter(line(of.id, seq)).exec(db).await.unwrap().rows_affected, 1);
}

async fn an_untouched_record_is_whole(base: Base) {
    let world = World::on(base).await;
    three(&world).await;
    let mut progress = Vec::new();
    let verdict = world.store().verify(|done| progress.push(done)).await.unwrap();
    assert_eq!(verdict, Verdict { incidents: 3, lines: 12, looks: 0, findings: Vec::new() });
    assert_eq!(progress.last(), Some(&3));
}

async fn a_changed_line_is_named_whatever_was_changed(base: Base) {
    let world = World::on(base).await;
    let tampered = three(&world).await;
    let inside = world.database.look_inside().await;
    for seq in 1..=LINES {
        let was = get(&inside, &tampered, seq).await;
        let other = get(&inside, &tampered, if seq == 1 { 2 } else { 1 }).await;
        let changes: [(entry::Column, sea_orm::Value, sea_orm::Value); 8] = [
            (entry::Column::At, was.at.into(), (was.at - minutes(1)).into()),
            (entry::Column::Actor, was.actor.into(), "0".repeat(32).into()),
            (entry::Column::Platform, was.platform.into(), "api".into()),
            (entry::Column::Word, was.word.into(), "confirmed".into()),
            (entry::Column::Detail, was.detail.into(), "{\"reason\":\"benign\"}".into()),
            (entry::Column::Content, was.content.into(), vec![1_u8; 32].into()),
            (entry::Column::Prev, was.prev.into(), vec![2_u8; 32].into()),
            (entry::Column::Hash, was.hash.into(), other.hash.into()),
        ];
        for (column, was, forged) in changes {
            set(&inside, &tampered, seq, column, forged).await;
            check_named(&world, &tampered, Broken::Changed { seq: seq.unsigned_abs() }).await;
            set(&inside, &tampered, seq, column, was).await;
        }
        assert_eq!(verdict(&world).await.findings, [], "put back, it is whole again");
    }
}

async fn a_changed_line_with_a_hash_made_anew_is_named(base: Base) {
    let world = World::on(base).await;
    let tampered = three(&world).await;
    let inside = world.database.look_inside().await;
    let forged = forge(&get(&inside, &tampered, 2).await, tampered.id);
    set(&inside, &tampered, 2, entry::Column::Word, "released").await;
    set(&inside, &tampered, 2, entry::Column::Hash, forged).await;
    check_named(&world, &tampered, Broken::OutOfOrder { seq: 3 }).await;
}

async fn a_record_that_was_written_anew_to_its_end_is_named(base: Base) {
    let world = World::on(base).await;
    let tampered = three(&world).await;
    let inside = world.database.look_inside().await;
    let was = get(&inside, &tampered, LINES).await;
    set(&inside, &tampered, LINES, entry::Column::At, was.at - minutes(1)).await;
    let forged_at = forge(&get(&inside, &tampered, LINES).await, tampered.id);
    assert_ne!(was.hash, forged_at);
    set(&inside, &tampered, LINES, entry::Column::Hash, forged_at.clone()).await;
    incident::Entity::update_many()
        .col_expr(incident::Column::Head, Expr::val(forged_at))
        .filter(incident::Column::Id.eq(tampered.id.0))
        .exec(&inside)
        .await
        .unwrap();
    check_named(&world, &tampered, Broken::Changed { seq: 4 }).await;
}

/// The hash that a line would have with another word in it.
fn forge(row: &entry::Model, incident: IncidentId) -> Vec<u8> {
    let hash = |bytes: &[u8]| domain::audit::Hash(bytes.try_into().unwrap());
    let line = domain::audit::Line {
        incident,
        seq: row.seq.unsigned_abs(),
        at: row.at,
        actor: row.actor.clone(),
        platform: row.platform.clone(),
        word: "released".into(),
        detail: row.detail.clone(),
        content: hash(&row.content),
        prev: hash(&row.prev),
    };
    line.hash().0.to_vec()
}

async fn a_missing_line_is_named(base: Base) {
    for seq in 1..LINES {
        let world = World::on(base).await;
        let tampered = three(&world).await;
        delete(&world.database.look_inside().await, &tampered, seq).await;
        check_named(&world, &tampered, Broken::Missing { seq: seq.unsigned_abs() }).await;
    }
}

async fn a_missing_end_is_named(base: Base) {
    let world = World::on(base).await;
    let tampered = three(&world).await;
    let inside = world.database.look_inside().await;
    delete(&inside, &tampered, 4).await;
    check_named(&world, &tampered, Broken::Missing { seq: 4 }).await;
    delete(&inside, &tampered, 3).await;
    check_named(&world, &tampered, Broken::Missing { seq: 3 }).await;
}

async fn lines_in_another_order_are_named(base: Base) {
    let world = World::on(base).await;
    let tampered = three(&world).await;
    let inside = world.database.look_inside().await;
    for (from, to) in [(2, 99), (3, 2), (99, 3)] {
        set(&inside, &tampered, from, entry::Column::Seq, to).await;
    }
    check_named(&world, &tampered, Broken::Changed { seq: 2 }).await;
}

async fn a_line_too_many_is_named(base: Base) {
    let world = World::on(base).await;
    let tampered = three(&world).await;
    let inside = world.database.look_inside().await;
    let shorter = incident::Entity::update_many()
        .col_expr(incident::Column::Version, Expr::val(LINES - 1))
        .filter(incident::Column::Id.eq(tampered.id.0))
        .exec(&inside)
        .await;
    assert_eq!(shorter.unwrap().rows_affected, 1);
    check_named(&world, &tampered, Broken::Extra { seq: 4 }).await;
}

async fn lines_without_their_incident_are_named(base: Base) {
    let world = World::on(base).await;
    three(&world).await;
    let inside = world.database.look_inside().await;
    let orphans = |number: u32| Finding::Orphans { incident: super::id(number) };
    for (number, findings) in [(2, vec![orphans(2)]), (3, vec![orphans(2), orphans(3)])] {
        incident::Entity::delete_by_id(super::id(number).0).exec(&inside).await.unwrap();
        assert_eq!(verdict(&world).await.findings, findings);
    }
    inside.execute_unprepared("DELETE FROM incident").await.unwrap();
    assert_eq!(verdict(&world).await.findings, [orphans(1), orphans(2), orphans(3)]);
}

async fn a_changed_head_is_named(base: Base) {
    let world = World::on(base).await;
    let tampered = three(&world).await;
    incident::Entity::update_many()
        .col_expr(incident::Column::Head, Expr::val(vec![3_u8; 32]))
        .filter(incident::Column::Id.eq(tampered.id.0))
        .exec(&world.database.look_inside().await)
        .await
        .unwrap();
    check_named(&world, &tampered, Broken::Changed { seq: 4 }).await;
}

async fn words_beside_a_line_that_were_changed_are_named(base: Base) {
    let world = World::on(base).await;
    let tampered = three(&world).await;
    let inside = world.database.look_inside().await;
    let note = get(&inside, &tampered, 3).await.sealed;
    let elsewhere = get(&inside, &world.store().incident(super::id(1)).await.unwrap().unwrap(), 3).await.sealed;
    for (seq, other) in [(3, elsewhere), (2, note.clone()), (4, Vec::new())] {
        let was = get(&inside, &tampered, seq).await.sealed;
        set(&inside, &tampered, seq, entry::Column::Sealed, other).await;
        check_named(&world, &tampered, Broken::Changed { seq: seq.unsigned_abs() }).await;
        set(&inside, &tampered, seq, entry::Column::Sealed, was).await;
    }
    assert_eq!(verdict(&world).await.findings, []);
}

async fn values_of_the_wrong_length_are_named_like_any_change(base: Base) {
    let world = World::on(base).await;
    let tampered = three(&world).await;
    let inside = world.database.look_inside().await;
    for column in [entry::Column::Content, entry::Column::Prev, entry::Column::Hash] {
        let was = get(&inside, &tampered, 2).await;
        set(&inside, &tampered, 2, column, vec![1_u8]).await;
        check_named(&world, &tampered, Broken::Changed { seq: 2 }).await;
        for (column, was) in
            [(entry::Column::Content, was.content), (entry::Column::Prev, was.prev), (entry::Column::Hash, was.hash)]
        {
            set(&inside, &tampered, 2, column, was).await;
        }
    }
}

async fn an_incident_that_is_not_as_its_last_step_left_it_is_named(base: Base) {
    use incident::Column;
    let world = World::on(base).await;
    let before = kept(&world, 2).await;
    let inside = world.database.look_inside().await;
    let row = async || incident::Entity::find_by_id(before.id.0).one(&inside).await.unwrap().unwrap();
    let first = row().await;
    let tampered = step(&world, &before, NOOR, Verb::Claim).await;
    let was = row().await;
    let other = kept(&world, 3).await;
    let changes: [(Column, sea_orm::Value, sea_orm::Value); 7] = [
        (Column::State, was.state.into(), "declined".into()),
        (Column::Open, was.open.into(), false.into()),
        (Column::Site, was.site.into(), "paddington".into()),
        (Column::Category, was.category.into(), "info".into()),
        (Column::Reporter, was.reporter.into(), "0".repeat(32).into()),
        (Column::Sealed, was.sealed.into(), first.sealed.into()),
        (Column::DataKey, was.data_key.into(), other.wrapped_key.unwrap().into()),
    ];
    for (column, was, forged) in changes {
        for (value, findings) in [(forged, 1), (was, 0)] {
            let update = incident::Entity::update_many().col_expr(column, Expr::val(value));
            update.filter(Column::Id.eq(before.id.0)).exec(&inside).await.unwrap();
            if findings == 1 {
                check_named(&world, &tampered, Broken::Changed { seq: 2 }).await;
            }
        }
        assert_eq!(verdict(&world).await.findings, [], "put back, it is whole again");
    }
}
