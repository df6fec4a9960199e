//! What people do with Shopwatch, one story a file. Everything goes through the one door, `App::receive`, and ends with
//! a look at every copy and every line of the record.

mod main_job;
