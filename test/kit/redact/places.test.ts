// Secrets by their place, in commands, calls, SQL and prose: hidden whole, with any quotes and signs around and in them.
import { describe, expect, test } from 'vitest'
import { redact } from '../../../src/kit/redact/redact.ts'

const S = 'S3cretPa55'
const hides = (line: string) => {
  const { text } = redact(line)
  expect(text).toContain('‹hidden›')
  for (const part of ['S3c', 'ret', 'Pa55']) expect(text).not.toContain(part)
}

test.each([
  `sh -c "mysql -uroot -p${S}"`,
  `{"cmd":"sh -c \\"mysql -uroot -p${S}\\""}`,
  `(mysql -uroot -p${S})`,
  `\`mysql -uroot -p${S}\``,
  `mysql -p'S3c;ret|Pa55' app`,
  `mysql -p"S3c ret Pa55" app`,
  `mysql -p'S3c'\\''retPa55' app`,
  `mysql -p'$S3cretPa55' app`,
  `mysql -uroot -pS3c;ret|Pa55 app`,
  `["mysql","-uroot","-p${S}","app"]`,
  `["redis-cli", "-a", "${S}", "ping"]`,
  `mysql -port 3306 -p${S}`,
  `sshpass -p 'S3c ret Pa55' ssh host`,
  `docker login -u svc -p${S} registry`,
  `curl -u 'svc:S3c ret Pa55' https://x`,
  `curl -usvc:${S} https://x`,
  `["curl","-u","svc:${S}"]`,
  `htpasswd -nb svc ${S}`,
  `htpasswd -b -B file svc ${S}`,
  `htpasswd -nbC 10 svc ${S}`,
])('of a command: %s', hides)

test.each([
  `mysqli_connect("db", "app", "S3c'retPa55")`,
  `mysqli_connect('db', 'app', 'S3c\\'retPa55')`,
  `mysqli_connect('db', 'app', 'S3c)ret(Pa55')`,
  `mysqli_connect('db', 'app', 'S3c,retPa55')`,
  `mysqli_connect(getenv("HOST"), "app", "${S}")`,
  `dsn="app:S3c:ret@Pa55@tcp(db:3306)/app"`,
])('of a call or a source: %s', hides)

test.each([
  `INSERT INTO users (name, password) VALUES ('ann', 'S3c''retPa55')`,
  `ALTER USER x IDENTIFIED BY 'S3c''retPa55'`,
  `ALTER USER x WITH PASSWORD 'S3c''ret Pa55'`,
  `UPDATE users SET password = 'S3c''ret''Pa55' WHERE id = 1`,
  `INSERT INTO users (name, password) VALUES ('ann (a, b)', '${S}')`,
  `INSERT INTO users (name, password) VALUES (lower('Ann'), '${S}')`,
  `INSERT INTO users (name, password) VALUES ('ann', 'S3cx1'), ('bob', '${S}')`,
])('of a statement: %s', hides)

test.each([
  `the password  is\t${S}`,
  `the password is (${S})`,
  `the password is [${S}].`,
  `the password is *${S}*`,
  `the password is S3cret"Pa55x`,
  `password for root: "S3cret Pa55x"`,
  `the password was changed to ${S}`,
])('of a sentence: %s', hides)

test.each([
  'mysql -u root -p app',
  'mysql -p"$MYSQL_ROOT_PASSWORD" app',
  'mysql -p$(cat /run/secret) app',
  'docker login -u svc --password-stdin registry',
  'curl -u $USER_AND_PASSWORD https://x -o a',
  "the password = 'unset', '' is the default",
  "mysqli_connect('db', 'app')",
  'the password is (required)',
  'the token is [12 characters]',
  'the password is "not set for user 12"',
  "INSERT INTO users (name, email) VALUES ('ann', 'a@b.c')",
  'the secret is in $APP_SECRET1',
])('what is none stays: %s', line => {
  expect(redact(line).text).toBe(line)
})

describe('text that is made to be slow takes no time', () => {
  const LENGTH = 300_000
  const repeated = (part: string) => part.repeat(Math.ceil(LENGTH / part.length))
  test.each([
    'mysql -p',
    "mysql -p'",
    'zip -P\\"',
    'htpasswd -b ',
    'smbclient -U a',
    'PDO(',
    "PDO('",
    'PDO("\\',
    'insert into a (password) values (',
    "insert into a (password) values ('x'),(",
    "insert into a (password) values ('",
    'a:@',
    "curl -u 'a:",
    "password='a''",
    '-:-@',
    'password is ',
    'key key\t',
    '$-key for ',
    'token is "',
  ])('%s', part => {
    const from = performance.now()
    redact(repeated(part))
    expect(performance.now() - from).toBeLessThan(5_000)
  })
})
