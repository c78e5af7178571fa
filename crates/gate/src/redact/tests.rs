use super::*;

#[test]
fn secrets_are_hidden_and_the_rest_stays() {
    let cases = [
        ("echo sk-live-1234567890abcdef >> .env", "echo [secret] >> .env"),
        ("PGPASSWORD=hunter2 psql -c 'SELECT 1'", "PGPASSWORD=[secret] psql -c 'SELECT 1'"),
        ("mysql --password hunter2 x", "mysql --password [secret] x"),
        ("mysql --password='a b' x", "mysql --password='[secret]' x"),
        ("mysql -uroot -phunter2 -e 'DROP DATABASE x'", "mysql -uroot -p[secret] -e 'DROP DATABASE x'"),
        ("mysql -uroot -p'a b' x", "mysql -uroot -p'[secret]' x"),
        ("mysql -p x", "mysql -p x"),
        ("ssh db 'mysqldump -phunter2 shop' > x", "ssh db 'mysqldump -p[secret] shop' > x"),
        ("bash -c \"mysql -p\\\"a b\\\" x\"", "bash -c \"mysql -p\\\"[secret]\\\" x\""),
        ("mkdir -p /srv/x", "mkdir -p /srv/x"),
        ("docker run -p 80:80 nginx", "docker run -p 80:80 nginx"),
        ("docker login -u me -p hunter2 r.example", "docker login -u me -p [secret] r.example"),
        ("echo hunter2 | docker login --password-stdin r", "echo [secret] | docker login --password-stdin r"),
        ("sshpass -p hunter2 ssh a", "sshpass -p [secret] ssh a"),
        ("sshpass -phunter2 ssh a", "sshpass -p[secret] ssh a"),
        ("curl -u me:hunter2 https://x", "curl -u [secret] https://x"),
        ("curl -sSu 'me:hunter2' https://x", "curl -sSu '[secret]' https://x"),
        ("curl --user me:hunter2 https://x", "curl --user [secret] https://x"),
        ("curl -H 'Authorization: Bearer abc' x", "curl -H 'Authorization: Bearer [secret]' x"),
        ("curl -H \"X-Api-Key: abc\" x", "curl -H \"X-Api-Key: [secret]\" x"),
        ("curl -d '{\"password\": \"abc\", \"a\": 1}' x", "curl -d '{\"password\": \"[secret]\", \"a\": 1}' x"),
        ("curl 'https://x/?token=abc&y=1'", "curl 'https://x/?token=[secret]&y=1'"),
        ("redis-cli -a hunter2 FLUSHALL", "redis-cli -a [secret] FLUSHALL"),
        ("redis-cli AUTH me hunter2", "redis-cli AUTH [secret] [secret]"),
        ("redis-cli -a \"$REDIS_PASSWORD\" ping", "redis-cli -a \"$REDIS_PASSWORD\" ping"),
        ("export AWS_SECRET_ACCESS_KEY=abc/def", "export AWS_SECRET_ACCESS_KEY=[secret]"),
        ("MYSQL_PWD=abc mysql x", "MYSQL_PWD=[secret] mysql x"),
        ("docker run -e \"POSTGRES_PASSWORD=a b\" pg", "docker run -e \"POSTGRES_PASSWORD=[secret]\" pg"),
        ("ssh h 'PGPASSWORD=a psql -c \"drop table x\"'", "ssh h 'PGPASSWORD=[secret] psql -c \"drop table x\"'"),
        ("psql -c \"ALTER USER x PASSWORD 'a;b'\"", "psql -c \"ALTER USER x PASSWORD '[secret]'\""),
        ("mysql -e \"CREATE USER x IDENTIFIED BY 'ab'\"", "mysql -e \"CREATE USER x IDENTIFIED BY '[secret]'\""),
        ("git clone https://me:hunter2@example.com/x", "git clone https://me:[secret]@example.com/x"),
        ("psql postgres://me:a@b@db/x", "psql postgres://me:[secret]@db/x"),
        ("echo 'me:hunter2' | chpasswd", "echo '[secret]' | chpasswd"),
        ("htpasswd -b f me hunter2", "htpasswd -b f me [secret]"),
        ("openssl enc -pass pass:abc -in x", "openssl enc -pass pass:[secret] -in x"),
        ("export TOKEN=$X", "export TOKEN=$X"),
        ("X=${TOKEN:-abc}; PASSWORD=${A:-abc}", "X=${TOKEN:-abc}; PASSWORD=[secret]"),
        ("PASSWORD=$(cat x) psql", "PASSWORD=$(cat x) psql"),
        ("docker login --password-stdin r.example", "docker login --password-stdin r.example"),
        ("psql --password-file /run/x", "psql --password-file /run/x"),
        ("git commit -m 'token bucket'", "git commit -m 'token bucket'"),
        ("echo don't; ls -la", "echo don't; ls -la"),
        ("", ""),
    ];
    for (command, expected) in cases {
        assert_eq!(redact(command), expected);
    }
}
