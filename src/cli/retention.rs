//! `shopwatch retention plan|run`: what goes when its time is over, by hand.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::Arc;

use uuid::Uuid;

use super::{Complaint, open};
use crate::clock::{MachineClock, RandomIds};
use crate::failure::Failure;
use crate::jobs::retention::{self, Ran, describe};
use crate::operations::Desk;
use crate::settings::Settings;

/// Plans what goes tomorrow, and prints every plan that is not carried out yet.
pub async fn plan(settings: &Settings) -> Result<ExitCode, Complaint> {
    let (desk, _) = desk(settings).await?;
    retention::plan(&desk).await.map_err(no_answer)?;
    print_plans(&desk).await
}

/// Erases what is planned and due, after a person has confirmed a plan that waited, if they name one.
pub async fn run(settings: &Settings, confirmed: Option<&str>) -> Result<ExitCode, Complaint> {
    let plan = confirmed.map(read).transpose()?;
    let (desk, writing) = desk(settings).await?;
    let work = async {
        if let Some(plan) = plan
            && !retention::confirm(&desk, plan).await.map_err(no_answer)?
        {
            return Err("no plan of this id waits\n  why  it was carried out, is not odd, or there is none\n  do   see them all with: shopwatch retention plan".to_owned());
        }
        retention::run(&desk, &open::evidence(settings)).await.map_err(no_answer)
    };
    let ran = tokio::select! {
        ran = Box::pin(work) => ran?,
        () = writing.run() => return Err(no_answer(Failure::Unavailable("writer"))),
    };
    print_ran(&ran);
    print_plans(&desk).await
}

async fn desk(settings: &Settings) -> Result<(Desk, crate::store::writer::WriterLoop), Complaint> {
    let (rules, _) = open::rules(settings)?;
    let (store, writing) = open::store(settings).await?;
    Ok((Desk::new(store, Arc::new(MachineClock), Arc::new(RandomIds::default()), BTreeSet::new(), rules), writing))
}

fn read(id: &str) -> Result<Uuid, Complaint> {
    Uuid::try_parse(id).map_err(|_why| {
        "this is no plan's id\n  why  it has 32 digits of 0-9 and a-f\n  do   copy it from: shopwatch retention plan".to_owned()
    })
}

fn print_ran(ran: &Ran) {
    println!("erased {} incident(s), removed {} photo(s)", ran.erased, ran.photos);
    if ran.kept > 0 {
        println!("{} photo(s) cannot be removed yet; their keys are gone, and it is tried again every hour", ran.kept);
    }
}

async fn print_plans(desk: &Desk) -> Result<ExitCode, Complaint> {
    let plans = desk.store.retention_plans().await.map_err(no_answer)?;
    if plans.is_empty() {
        println!("nothing is planned");
    }
    for plan in &plans {
        println!("{}", describe(plan));
    }
    Ok(ExitCode::SUCCESS)
}

/// The cause is in the log.
fn no_answer(_: Failure) -> Complaint {
    "the database did not answer\n  why  plans are kept there\n  do   try again; if it stays so, check DATABASE_URL"
        .to_owned()
}
