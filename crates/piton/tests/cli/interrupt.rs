//! Ctrl-C while a host is being waited for.

use crate::bench::{Bench, Said};
use rustix::process::{Pid, Signal, kill_process};
use std::net::TcpListener;
use std::process::Stdio;

#[test]
fn before_anything_was_begun_it_ends_with_its_own_code_and_says_so() {
    // Something that takes a connection and says nothing: ssh waits for its banner.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    let site = format!("[site]\nname = \"pair\"\n\n[hosts.one]\naddress = \"127.0.0.1\"\nfirst = \"root@:{port}\"\n");
    let bench = Bench::with_site(&site);
    let mut command = bench.command(&["apply", "--yes", "--connect-timeout", "60"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let _connection = silent.accept().unwrap();
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let said = Said::of(child.wait_with_output().unwrap());
    assert_eq!(said.code, Some(130), "{}", said.all());
    assert!(said.err.contains("Interrupted. Nothing was changed."), "{}", said.err);
}
