//! Who looked at which photo: written before anybody sees a byte of it.

use domain::actor::Actor;
use domain::audit::Hash;
use domain::clock::Moment;
use domain::incident::Incident;
use domain::look::{self, Counted, Look};
use domain::photo::{Photo, PhotoId};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, SqlErr,
    TransactionTrait,
};
use uuid::Uuid;

use super::entity::look::{Column, Entity, Model};
use super::entity::photo;
use super::kept::WRITING;
use super::sealing::hash;
use super::{Store, counted, unavailable};
use crate::failure::Failure;
use crate::keys::{DataKey, Keys};

/// How often a look is written anew after somebody else's got its number.
const TRIES: u32 = 32;
/// The most looks that are shown of an incident.
const SHOWN_MAX: usize = 200;

/// A look as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub look: Look,
    /// What colleagues call them; none of whoever reported the incident, who is named to nobody.
    pub name: Option<String>,
}

/// The looks at an incident's photos.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// The newest first.
    pub newest: Vec<Looked>,
    /// Whether all of them are as they were written.
    pub whole: bool,
}

/// Behind what a look is written: its number, what it follows, and whether that is what this house counted.
struct Behind {
    counted: Counted,
    sound: bool,
}

impl Store {
    /// Writes that somebody looks at the review copy of a photo as it is now; it is in the database afterwards, and so is
    /// how many looks there are now. A link by which they came is spent by that; one that was spent before is as good as
    /// none.
    pub async fn looks_at(
        &self,
        incident: &Incident,
        photo: &Photo,
        actor: &Actor,
        at: Moment,
        link: Option<Uuid>,
    ) -> Result<(), Failure> {
        let key = self.data_key_of(incident)?;
        for _ in 0..TRIES {
            let behind = self.last_look(photo.id).await.map_err(|why| unavailable(&why))?;
            let behind = behind.ok_or(Failure::NOT_FOUND)?;
            let row = self.look_row(&key, incident, photo, actor, (at, link), &behind.counted)?;
            match self.write_look(&behind, row).await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                // Its number would only be counted on: it is the link that somebody has used.
                Err(why) if matches!(why.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
                    return Err(Failure::NOT_FOUND);
                }
                Err(why) => return Err(unavailable(&why)),
            }
        }
        Err(Failure::Unavailable("looks"))
    }

    /// Whether somebody has looked by way of this link.
    pub async fn link_spent(&self, link: Uuid) -> Result<bool, Failure> {
        let spent = Entity::find().filter(Column::Link.eq(link)).count(&self.db).await;
        spent.map(|count| count > 0).map_err(|why| unavailable(&why))
    }

    /// What the next look at a photo follows; none if there is no such photo any more.
    async fn last_look(&self, photo: PhotoId) -> Result<Option<Behind>, DbErr> {
        // The look is read before its count: whoever looks meanwhile is counted at least.
        let query = Entity::find().select_only().columns([Column::Seq, Column::Hash]);
        let last = query.filter(Column::Photo.eq(photo.0)).order_by_desc(Column::Seq).limit(1).into_tuple();
        let last: Option<(i32, Vec<u8>)> = last.one(&self.db).await?;
        let Some(row) = photo::Entity::find_by_id(photo.0).one(&self.db).await? else { return Ok(None) };
        let (counted, sound) = counted::counted(&self.keys, &row);
        // Somebody has counted back behind the program's back: nothing is written over what is there.
        let more = last.and_then(|(seq, head)| {
            let looks = u32::try_from(seq).ok().filter(|seq| *seq > counted.looks)?;
            Some(Counted { photo, looks, head: hash(&head).ok()? })
        });
        let sound = sound && more.is_none();
        Ok(Some(Behind { counted: more.unwrap_or(counted), sound }))
    }

    /// Writes a look and how many there are with it; false if somebody else's got its number.
    async fn write_look(&self, behind: &Behind, row: Model) -> Result<bool, DbErr> {
        let looks = u32::try_from(row.seq).unwrap_or(u32::MAX);
        let now = Counted { looks, head: Hash(row.hash.as_slice().try_into().unwrap_or_default()), ..behind.counted };
        let txn = self.db.begin_with_options(WRITING).await?;
        let mut count = photo::Entity::update_many()
            .col_expr(photo::Column::Looks, Expr::val(row.seq))
            .col_expr(photo::Column::LooksHead, Expr::val(row.hash.clone()))
            .filter(photo::Column::Id.eq(row.photo))
            .filter(photo::Column::Looks.lt(row.seq));
        // What is not sound stays so: a new look does not make good what somebody has changed.
        if behind.sound {
            let anchor = counted::anchor(&self.keys, &now);
            count = count
                .col_expr(photo::Column::LooksAnchor, Expr::val(anchor.0.to_vec()))
                .filter(photo::Column::Looks.eq(row.seq.saturating_sub(1)));
        }
        if count.exec(&txn).await?.rows_affected == 0 {
            txn.rollback().await?;
            return Ok(false);
        }
        let taken = OnConflict::columns([Column::Photo, Column::Seq]).do_nothing().to_owned();
        let insert = Entity::insert(row.into_active_model()).on_conflict(taken);
        match insert.exec_without_returning(&txn).await {
            Ok(1..) => txn.commit().await.map(|()| true),
            Ok(0) | Err(DbErr::RecordNotInserted) => txn.rollback().await.map(|()| false),
            Err(why) => Err(why),
        }
    }

    fn look_row(
        &self,
        key: &DataKey,
        incident: &Incident,
        photo: &Photo,
        actor: &Actor,
        (at, link): (Moment, Option<Uuid>),
        behind: &Counted,
    ) -> Result<Model, Failure> {
        let number = behind.looks.saturating_add(1);
        let (seq, prev) = (i32::try_from(number).map_err(Failure::broken)?, behind.head);
        let name = if actor.is(&incident.reporter.member) { "" } else { actor.name.as_str() };
        let look = Look {
            photo: photo.id,
            seq: number,
            at,
            member: actor.member.clone(),
            platform: actor.account.platform.as_str().to_owned(),
            version: u32::try_from(photo.about.version()).map_err(Failure::broken)?,
            content: self.keys.content(&[b"look", name.as_bytes()]),
            prev,
            link,
        };
        let sealed = self.keys.seal(key, &purpose(photo.id, number), name.as_bytes()).map_err(Failure::broken)?;
        Ok(Model {
            photo: photo.id.0,
            seq,
            incident: incident.id.0,
            at,
            hash: look.hash().0.to_vec(),
            version: i32::try_from(look.version).map_err(Failure::broken)?,
            member: look.member.0,
            platform: look.platform,
            content: look.content.0.to_vec(),
            prev: look.prev.0.to_vec(),
            sealed,
            link,
        })
    }

    /// The looks at an incident's photos, checked.
    pub async fn looks(&self, incident: &Incident) -> Result<Looks, Failure> {
        let query = Entity::find().filter(Column::Incident.eq(incident.id.0));
        let rows = query.order_by_asc(Column::Photo).order_by_asc(Column::Seq).all(&self.db).await;
        let rows = rows.map_err(|why| unavailable(&why))?;
        let photos = counted::rows(&self.db, photo::Column::Incident.eq(incident.id.0)).await;
        let photos = photos.map_err(|why| unavailable(&why))?;
        if rows.is_empty() && photos.iter().all(|row| row.looks == 0) {
            return Ok(Looks { newest: Vec::new(), whole: true });
        }
        let key = self.data_key_of(incident)?;
        let read = rows.iter().map(|row| looked(&self.keys, &key, row)).collect::<Option<Vec<_>>>();
        let Some(read) = read else { return Ok(Looks::default()) };
        let of_known = |looked: &Looked| photos.iter().any(|row| row.id == looked.look.photo.0);
        let mut whole = read.iter().all(|(looked, _)| of_known(looked));
        for row in &photos {
            let (counted, sound) = counted::counted(&self.keys, row);
            let of_photo = read.iter().filter(|(looked, _)| looked.look.photo == counted.photo);
            let lines: Vec<(Look, Hash)> = of_photo.map(|(looked, hash)| (looked.look.clone(), *hash)).collect();
            whole &= sound && look::check(&counted, &[], &lines).is_ok();
        }
        let mut newest: Vec<Looked> = read.into_iter().map(|(looked, _)| looked).collect();
        newest.sort_by_key(|looked| std::cmp::Reverse(looked.look.at));
        newest.truncate(SHOWN_MAX);
        Ok(Looks { newest, whole })
    }
}

/// A row as it was hashed, and the hash that was stored; none if a value is not even of the right length.
pub(super) fn hashed(row: &Model) -> Option<(Look, Hash)> {
    let look = Look {
        photo: PhotoId(row.photo),
        seq: u32::try_from(row.seq).ok()?,
        at: row.at,
        member: domain::actor::Pseudonym(row.member.clone()),
        platform: row.platform.clone(),
        version: u32::try_from(row.version).ok()?,
        content: hash(&row.content).ok()?,
        prev: hash(&row.prev).ok()?,
        link: row.link,
    };
    Some((look, hash(&row.hash).ok()?))
}

/// A row as people read it, with its hash; none if the name beside it is not the one that was hashed.
pub(super) fn looked(keys: &Keys, key: &DataKey, row: &Model) -> Option<(Looked, Hash)> {
    let (look, stored) = hashed(row)?;
    let name = String::from_utf8(key.open(&purpose(look.photo, look.seq), &row.sealed).ok()?).ok()?;
    let written = keys.content(&[b"look", name.as_bytes()]) == look.content;
    let name = Some(name).filter(|name| !name.is_empty());
    written.then_some((Looked { look, name }, stored))
}

/// What a viewer's name is sealed for: this line of this photo.
fn purpose(photo: PhotoId, seq: u32) -> Vec<u8> {
    [b"look".as_slice(), photo.0.as_bytes(), &seq.to_be_bytes()].concat()
}
