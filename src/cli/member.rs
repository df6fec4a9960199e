//! `shopwatch member link`: accounts of one person, written into the rules file.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, value};

use super::Complaint;
use crate::rules::Rules;

/// Adds accounts to a member of the file, or a member to the file; the rest of it stays as somebody wrote it.
pub fn link(file: Option<&Path>, name: &str, accounts: &[String]) -> Result<ExitCode, Complaint> {
    let file = file.ok_or("there is no rules file yet\n  do   shopwatch init")?;
    let named = file.display();
    let text = fs::read_to_string(file)
        .map_err(|why| format!("cannot read {named}\n  why  {why}\n  do   name it: SHOPWATCH_RULES=shop.toml"))?;
    sound(&text, &format!("{named} has problems of its own"), "shopwatch check")?;
    let linked = with_member(&text, name, accounts)?;
    sound(
        &linked,
        &format!("{named} was left as it is"),
        "write accounts like console:noor, slack:user:U05MARA, discord:user:445",
    )?;
    if linked == text {
        println!("{name}: these accounts are one person already");
        return Ok(ExitCode::SUCCESS);
    }
    replace(file, &linked)
        .map_err(|why| format!("cannot write {named}\n  why  {why}\n  do   run this in a folder you may write"))?;
    println!("{name}: {} are one person now", accounts.join(", "));
    println!("  next   have a running server read it: kill -HUP, or systemctl reload shopwatch");
    Ok(ExitCode::SUCCESS)
}

fn sound(text: &str, what: &str, to_do: &str) -> Result<(), Complaint> {
    Rules::parse(text).map(drop).map_err(|problems| format!("{what}\n{problems}\n  do   {to_do}"))
}

/// The file's text with the member in it.
fn with_member(text: &str, name: &str, accounts: &[String]) -> Result<String, Complaint> {
    let mut file: DocumentMut = text.parse().map_err(|why| format!("this is not TOML\n  why  {why}"))?;
    let members = file.get_mut("member").and_then(Item::as_array_of_tables_mut);
    let mut theirs = members.into_iter().flat_map(ArrayOfTables::iter_mut).filter(|member| holds_any(member, accounts));
    match (theirs.next(), theirs.next()) {
        // At the end, where no comment of somebody's comes to stand below something else.
        (None, _) => Ok(format!("{}\n\n{}", text.trim_end(), member(name, accounts))),
        (Some(member), None) => {
            extend(member, accounts);
            drop(theirs);
            Ok(file.to_string())
        }
        (Some(_), Some(_)) => {
            Err("these accounts belong to several members already\n  do   make one [[member]] of them \
                                   in the file"
                .to_owned())
        }
    }
}

fn holds_any(member: &Table, accounts: &[String]) -> bool {
    let own = member.get("accounts").and_then(Item::as_array);
    own.is_some_and(|own| {
        own.iter().filter_map(|account| account.as_str()).any(|own| accounts.iter().any(|new| new == own))
    })
}

fn extend(member: &mut Table, accounts: &[String]) {
    let Some(own) = member.get_mut("accounts").and_then(Item::as_array_mut) else { return };
    for account in accounts {
        if !own.iter().any(|known| known.as_str() == Some(account)) {
            own.push(account);
        }
    }
}

fn member(name: &str, accounts: &[String]) -> String {
    let (name, accounts) = (value(name), value(accounts.iter().collect::<Array>()));
    format!("[[member]]\nname = {}\naccounts = {}\n", name.to_string().trim(), accounts.to_string().trim())
}

/// Puts a text in a file's place; a crash leaves the one or the other.
fn replace(file: &Path, text: &str) -> io::Result<()> {
    let file = fs::canonicalize(file)?;
    let mut draft = file.clone().into_os_string();
    draft.push(".draft");
    let mut written = File::create(&draft)?;
    written.set_permissions(fs::metadata(&file)?.permissions())?;
    written.write_all(text.as_bytes())?;
    written.sync_all()?;
    fs::rename(draft, file)
}
