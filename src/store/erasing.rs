//! What the writer sends when an incident goes: its key is destroyed in every row that had it, what was sealed is
//! overwritten, its lines stay with nothing beside them, every copy in a chat has to be drawn once more, and what was said
//! there beside the copies has to be taken away.

use domain::audit::Step;
use domain::clock::Moment;
use domain::id::IncidentId;
use domain::incident::Incident;
use domain::words::Platform;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::direct;
use super::entity::{entry, incident, notice, outbox};
use super::photos;
use super::said;
use super::sealing::{certificate, signed};
use crate::failure::Failure;
use crate::keys::Keys;

/// An incident that goes, as of which version and when.
#[derive(Debug, Clone)]
pub(super) struct Erasure {
    pub incident: Uuid,
    pub version: i32,
    pub at: Moment,
    /// Whoever reported it, where direct messages may have been written to them. It is forgotten when those are gone.
    pub reporter: (Platform, String),
    /// What is noted of where they write to the shop alone, and who they are in the record.
    pub direct: (String, String),
}

/// The certificate, and what is left of the incident's row: its place in the record and when it went.
pub(super) fn rows(keys: &Keys, after: &mut Incident, step: &Step) -> Result<(entry::Model, incident::Model), Failure> {
    let entry = certificate(keys, after, step)?;
    let state = after.status.state();
    let row = incident::Model {
        id: after.id.0,
        reference: after.reference.to_string(),
        version: signed(after.version),
        site: after.site.to_string(),
        category: after.category.to_string(),
        state: state.to_string(),
        open: state.is_open(),
        reporter: String::new(),
        reported_at: after.reported_at,
        retain_until: after.retain_until,
        wake_at: None,
        merged_into: None,
        drill: after.drill,
        held: false,
        plan: None,
        erased_at: Some(step.at),
        head: after.head.0.to_vec(),
        data_key: Vec::new(),
        sealed: Vec::new(),
    };
    Ok((entry, row))
}

/// Overwrites what was sealed beside the lines, and lets go of photos, notices and copies.
pub(super) async fn write(txn: &DatabaseTransaction, erasure: &Erasure) -> Result<(), DbErr> {
    entry::Entity::update_many()
        .col_expr(entry::Column::Sealed, Expr::val(Vec::<u8>::new()))
        .filter(entry::Column::Incident.eq(erasure.incident))
        .exec(txn)
        .await?;
    notice::Entity::delete_many().filter(notice::Column::Incident.eq(erasure.incident)).exec(txn).await?;
    photos::let_go(txn, erasure.incident).await?;
    let version = u32::try_from(erasure.version).unwrap_or_default();
    let (note, member) = &erasure.direct;
    direct::forget(txn, note, member).await?;
    said::unsay(txn, (IncidentId(erasure.incident), version), Some(&erasure.reporter), erasure.at).await?;
    draw_anew(txn, erasure).await
}

/// Copies that stand in a chat are drawn once more, as what is gone; what is nowhere is not shown any more. One that is on
/// its way keeps its lease and goes again afterwards, and one that was given up while nobody knew whether it had arrived is
/// looked for.
async fn draw_anew(txn: &DatabaseTransaction, erasure: &Erasure) -> Result<(), DbErr> {
    use outbox::Column;
    let under_way = || Column::State.is_in(["sending", "settling", "doubt"]);
    let of_incident = || Column::Incident.eq(erasure.incident);
    outbox::Entity::update_many()
        .col_expr(Column::State, Expr::val("doubt"))
        .col_expr(Column::DueAt, Expr::val(erasure.at))
        .col_expr(Column::Attempts, Expr::val(0))
        .col_expr(Column::Looks, Expr::val(0))
        .filter(of_incident())
        .filter(Column::RemoteId.is_null())
        .filter(Column::State.eq("needs_operator"))
        .filter(Column::Platform.ne(Platform::System.as_str()))
        .exec(txn)
        .await?;
    outbox::Entity::delete_many()
        .filter(of_incident())
        .filter(Column::RemoteId.is_null())
        .filter(under_way().not())
        .filter(Column::Key.starts_with("unsay/").not())
        .exec(txn)
        .await?;
    outbox::Entity::update_many()
        .col_expr(Column::Wanted, Expr::val(erasure.version))
        .filter(of_incident())
        .exec(txn)
        .await?;
    outbox::Entity::update_many()
        .col_expr(Column::State, Expr::val("ready"))
        .col_expr(Column::DueAt, Expr::val(erasure.at))
        .col_expr(Column::Attempts, Expr::val(0))
        .col_expr(Column::Looks, Expr::val(0))
        .filter(of_incident())
        .filter(under_way().not())
        .exec(txn)
        .await?;
    Ok(())
}
