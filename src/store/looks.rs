//! Who looked at which photo: written before anybody sees a byte of it.

use domain::actor::Actor;
use domain::audit::Hash;
use domain::clock::Moment;
use domain::incident::Incident;
use domain::look::{self, Look};
use domain::photo::{Photo, PhotoId};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, SqlErr,
};
use uuid::Uuid;

use super::entity::look::{Column, Entity, Model};
use super::sealing::hash;
use super::{Store, unavailable};
use crate::failure::Failure;
use crate::keys::DataKey;

/// How often a look is written anew after somebody else's got its number.
const TRIES: u32 = 32;
/// The most looks that are shown of an incident.
const SHOWN_MAX: usize = 200;

/// A look as people read it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub look: Look,
    pub name: String,
}

/// The looks at an incident's photos.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// The newest first.
    pub newest: Vec<Looked>,
    /// Whether all of them are as they were written.
    pub whole: bool,
}

impl Store {
    /// Writes that somebody looks at the review copy of a photo as it is now; it is in the database afterwards. A link by
    /// which they came is spent by that; one that was spent before is as good as none.
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
            let last = self.last_look(photo.id).await.map_err(|why| unavailable(&why))?;
            let row = Model { link, ..self.look_row(&key, incident, photo, actor, at, last)? };
            let taken = OnConflict::columns([Column::Photo, Column::Seq]).do_nothing().to_owned();
            let insert = Entity::insert(row.into_active_model()).on_conflict(taken);
            match insert.exec_without_returning(&self.db).await {
                Ok(1..) => return Ok(()),
                Ok(0) | Err(DbErr::RecordNotInserted) => {}
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

    /// The number and the hash of the last look at a photo.
    async fn last_look(&self, photo: PhotoId) -> Result<Option<(i32, Vec<u8>)>, DbErr> {
        let query = Entity::find().select_only().columns([Column::Seq, Column::Hash]);
        query.filter(Column::Photo.eq(photo.0)).order_by_desc(Column::Seq).limit(1).into_tuple().one(&self.db).await
    }

    fn look_row(
        &self,
        key: &DataKey,
        incident: &Incident,
        photo: &Photo,
        actor: &Actor,
        at: Moment,
        last: Option<(i32, Vec<u8>)>,
    ) -> Result<Model, Failure> {
        let (seq, prev) = match last {
            Some((seq, prev)) => (seq.saturating_add(1), hash(&prev)?),
            None => (1, look::origin(photo.id)),
        };
        let number = u32::try_from(seq).map_err(Failure::broken)?;
        let look = Look {
            photo: photo.id,
            seq: number,
            at,
            member: actor.member.clone(),
            platform: actor.account.platform.as_str().to_owned(),
            version: u32::try_from(photo.about.version()).map_err(Failure::broken)?,
            content: self.keys.content(&[b"look", actor.name.as_bytes()]),
            prev,
        };
        let sealed = self.keys.seal(key, &purpose(photo.id, number), actor.name.as_bytes()).map_err(Failure::broken)?;
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
            link: None,
        })
    }

    /// The looks at an incident's photos, checked.
    pub async fn looks(&self, incident: &Incident) -> Result<Looks, Failure> {
        let query = Entity::find().filter(Column::Incident.eq(incident.id.0));
        let rows = query.order_by_asc(Column::Photo).order_by_asc(Column::Seq).all(&self.db).await;
        let rows = rows.map_err(|why| unavailable(&why))?;
        if rows.is_empty() {
            return Ok(Looks { newest: Vec::new(), whole: true });
        }
        let key = self.data_key_of(incident)?;
        let read = rows.iter().map(|row| self.looked(&key, row)).collect::<Option<Vec<_>>>();
        let Some(read) = read else { return Ok(Looks::default()) };
        let mut whole = true;
        for photo in read.chunk_by(|(one, _), (other, _)| one.look.photo == other.look.photo) {
            let lines: Vec<(Look, Hash)> = photo.iter().map(|(looked, hash)| (looked.look.clone(), *hash)).collect();
            whole &= photo.first().is_none_or(|(looked, _)| look::check(looked.look.photo, &lines).is_ok());
        }
        let mut newest: Vec<Looked> = read.into_iter().map(|(looked, _)| looked).collect();
        newest.sort_by_key(|looked| std::cmp::Reverse(looked.look.at));
        newest.truncate(SHOWN_MAX);
        Ok(Looks { newest, whole })
    }

    /// A row as people read it, with its hash; none if it is not as it was written.
    fn looked(&self, key: &DataKey, row: &Model) -> Option<(Looked, Hash)> {
        let (photo, seq) = (PhotoId(row.photo), u32::try_from(row.seq).ok()?);
        let name = String::from_utf8(key.open(&purpose(photo, seq), &row.sealed).ok()?).ok()?;
        let content = hash(&row.content).ok()?;
        if self.keys.content(&[b"look", name.as_bytes()]) != content {
            return None;
        }
        let look = Look {
            photo,
            seq,
            at: row.at,
            member: domain::actor::Pseudonym(row.member.clone()),
            platform: row.platform.clone(),
            version: u32::try_from(row.version).ok()?,
            content,
            prev: hash(&row.prev).ok()?,
        };
        Some((Looked { look, name }, hash(&row.hash).ok()?))
    }
}

/// What a viewer's name is sealed for: this line of this photo.
fn purpose(photo: PhotoId, seq: u32) -> Vec<u8> {
    [b"look".as_slice(), photo.0.as_bytes(), &seq.to_be_bytes()].concat()
}
