fn main() {
    let mut bad = 0; let mut n = 0;
    for file in std::env::args().skip(1) {
        for line in std::fs::read_to_string(file).unwrap().lines() {
            let parts: Vec<&str> = line.split('\t').collect();
            if parts.len() < 2 || parts[0] == "command" { continue }
            let (command, expected) = if ["allow", "ask", "deny"].contains(&parts[0]) { (parts[1].replace('⏎', "\n"), parts[0]) } else { (parts[0].to_owned(), parts[1]) };
            n += 1;
            let j = piton_gate::judge(&piton_gate::Request { command: command.clone(), ..Default::default() }, &Default::default(), &piton_gate::NoFiles);
            if j.verdict.name() != expected { bad += 1; println!("{} not {expected}: {command:?} [{}]", j.verdict.name(), j.decisive().map(|f| format!("{}: {}", f.rule, f.why)).unwrap_or_default()); }
        }
    }
    println!("{bad} of {n}");
}
