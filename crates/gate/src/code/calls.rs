//! The calls of other languages that matter, by name: what starts programs, deletes, moves, opens files, shows the
//! environment. Data only.

/// Calls that start a program, with what they are given first.
pub(super) const STARTS: &[&str] = &[
    "system",
    "popen",
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.Popen",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "Popen",
    "check_output",
    "check_call",
    "getoutput",
    "os.exec",
    "os.execvp",
    "os.execv",
    "os.execlp",
    "os.execl",
    "os.execle",
    "os.posix_spawn",
    "os:cmd",
    "pexpect.run",
    "pexpect.spawn",
    "os.spawnlp",
    "os.spawnvp",
    "pty.spawn",
    "execSync",
    "execFileSync",
    "execFile",
    "spawnSync",
    "spawn",
    "child_process.exec",
    "shell_exec",
    "passthru",
    "proc_open",
    "IO.popen",
    "Open3.capture2",
    "Kernel.exec",
    "open3",
    "os.startfile",
    "create_subprocess_shell",
    "create_subprocess_exec",
    "Deno.Command",
    "Bun.spawn",
    "posix_spawn",
    "os.execute",
    "io.popen",
    "run",
    "call",
];

/// Calls that delete, and what they delete.
pub(super) const DELETES: &[&str] = &[
    "shutil.rmtree",
    "rmtree",
    "rmSync",
    "rmdirSync",
    "fs.rm",
    "promises.rm",
    "promises.unlink",
    "rm_rf",
    "FileUtils.rm_rf",
    "unlinkSync",
    "os.remove",
    "os.unlink",
    "remove_tree",
    "unlink",
    "File.delete",
    "File.unlink",
    "FileUtils.rm",
    "fs.unlink",
];

/// Calls that take a file away from one place, and put it in another.
pub(super) const MOVES: &[&str] = &[
    "os.rename",
    "os.replace",
    "os.renames",
    "shutil.move",
    "renameSync",
    "fs.rename",
    "File.rename",
    "FileUtils.mv",
    "rename",
];

/// Calls by a name that is put together while it runs.
pub(super) const BY_NAME: &[&str] = &[
    "getattr(os",
    "getattr(subprocess",
    "getattr(__import__",
    "os.__dict__",
    "vars(os)",
    "child_process')[",
    "child_process\")[",
    ".__getattribute__(",
    "importlib.import_module(",
];

/// What shows the environment as a whole.
pub(super) const ENVIRONMENTS: &[&str] = &[
    "os.environ)",
    "os.environ))",
    "os.environ.items()",
    "process.env)",
    "process.env,",
    "ENV.to_h",
    "ENV.inspect",
    "getenv()",
    "%ENV",
    "p ENV",
    "puts ENV",
    "print_r($_ENV",
];

/// Calls that open a file; a mode behind it says what for.
pub(super) const OPENS: &[&str] = &[
    "open",
    "readFileSync",
    "readFile",
    "File.read",
    "Path",
    "writeFileSync",
    "writeFile",
    "appendFileSync",
    "file_put_contents",
    "file_get_contents",
    "readfile",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "fs.promises.rm",
    "File.write",
    "slurp",
];

/// Calls that get something from the network.
pub(super) const FETCHES: &[&str] =
    &["urlopen", "requests.get", "http.get", "fetch(", "urllib", "https.get", "LWP", "Net::HTTP", "open-uri"];

/// Calls that make text out of what cannot be read.
pub(super) const DECODES: &[&str] = &[
    "b64decode",
    "fromhex",
    "decompress",
    "atob(",
    "unhexlify",
    "Buffer.from",
    "pack(",
    "chr(",
    "decode64",
    ".decode(",
];

/// Calls that are as good as done when their name is handed on.
pub(super) const BY_REFERENCE: &[&str] = &[
    "os.system",
    "os.popen",
    "os.execv",
    "os.execl",
    "subprocess.run",
    "subprocess.call",
    "subprocess.check_call",
    "subprocess.check_output",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
];

/// Calls that show what they are given.
pub(super) const SHOWS: &[&str] =
    &["print", "console.log", "console.error", "pprint", "sys.stdout.write", "process.stdout.write"];
