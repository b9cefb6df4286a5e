// Finds secrets by their position: in options of programs, arguments of functions, columns of SQL statements, and
// connection strings.
import { KEYISH, secretKey } from '../keys.ts'
import { listAt, quoteEnd, wordAt } from '../quoted-words.ts'
import type { Kind, Range } from '../spans.ts'

type Found = (kind: Kind, range: Range) => void

/** Matches the text between an option and its value: blanks, or the quotes and comma of a list of arguments. */
const APART = '(?:[ \\t]{1,4}|\\\\?["\'],[ \\t]?\\\\?["\'])'
const option = (flags: string): RegExp => new RegExp(`(?<=[\\s"'])(?:${flags})(?=\\S)`, 'g')
const USER = '[\\w.@-]{1,64}'

/**
 * For each program: the program's name, and the text before its password. `isLogin`: whether the value is a login,
 * `user:password`.
 */
const OPTIONS: readonly (readonly [RegExp, RegExp, isLogin?: true])[] = [
  [/\bcurl\b/g, option(`(?:-u|-U)${APART}?|--(?:proxy-)?user(?:=|${APART})`), true],
  [/\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump)\b/g, option('-p')],
  [/\bsshpass\b/g, option(`-p${APART}?`)],
  [/\bredis-cli\b/g, option(`-a${APART}`)],
  [/\b(?:docker|podman|helm|skopeo|oras|buildah)\b[^\n|;&]{0,40}\blogin\b/g, option(`-p${APART}?`)],
  [/\b(?:mongo|mongosh|mongodump|mongorestore)\b/g, option(`-p${APART}?`)],
  [/\bldap(?:search|add|modify|delete|whoami|passwd)\b/g, option(`-w${APART}?`)],
  [/\bopenssl\b/g, option(`-[kK]${APART}|-pass(?:in|out)?${APART}pass:`)],
  [/\b(?:zip|unzip)\b/g, option(`-P${APART}?`)],
  [/\b7za?\b/g, option('-p')],
  [/\bsqlcmd\b/g, option(`-P${APART}?`)],
  [/\bsmbclient\b/g, option('(?:-U )?[\\w\\\\.-]{1,64}%')],
  // With -n, htpasswd writes no file. Without -n, the file name comes before the user name.
  [
    /\bhtpasswd(?= [^\n|;&]{0,30}-\w{0,7}b)(?: -\w{1,8}(?: \d{1,2}(?= ))?){1,5}/g,
    new RegExp(`^ (?:\\S{1,200} (?=${USER} \\S))?${USER} (?=\\S)`, 'g'),
  ],
]
const PROGRAM =
  /\b(?:mysql|mariadb|sshpass|redis-cli|docker|podman|helm|skopeo|oras|buildah|mongo|ldap|openssl|zip|unzip|7z|sqlcmd|smbclient|htpasswd|curl)/
const MOST_COMMAND = 1_000

const findOptions = (text: string, found: Found): void => {
  if (!PROGRAM.test(text)) return
  for (const [program, before, isLogin = false] of OPTIONS) {
    const names = [...text.matchAll(program)]
    for (const [nth, { 0: name, index }] of names.entries()) {
      const from = index + name.length
      const most = Math.min(from + MOST_COMMAND, names[nth + 1]?.index ?? text.length)
      const [rest = ''] = /^[^\n|;]*/.exec(text.slice(from, most)) ?? []
      for (const { 0: flag, index: at } of rest.matchAll(before))
        hideWord(text, from + at + flag.length, isLogin, found)
    }
  }
}

const hideWord = (text: string, at: number, isLogin: boolean, found: Found): void => {
  const { start: begin, end, isLiteral } = wordAt(text, at)
  const colon = isLogin ? text.slice(begin, end).indexOf(':') : -1
  const start = begin + colon + 1
  const secret = text.slice(start, end)
  if (isLogin && (colon < 0 || secret.startsWith('//'))) return
  if (end > start && !/^(?:-|‹hidden›|\*+$)/.test(secret) && (isLiteral || !secret.startsWith('$')))
    found('password', { start, end })
}

/** Matches a connection string in the format of Go's database drivers: `user:password@tcp(host:3306)/name`. */
const SOURCE = /(?<![\w/])[\w.-]{1,64}:([^\s"'`]{1,256}?)@(?:tcp|udp|unix|cloudsql)\(/g
/**
 * Matches commands that set a value: `aws configure set <key> <value>`, `ENV <key> <value>` of a Dockerfile, `setx
 * <key> <value>`.
 */
const SETTING = /\b(?:configure set|ENV|ARG|setx|setenv) ([\w.-]{1,100}) (["']?)([^\s"']{1,512})/g
/** Matches a property of Spring, as Spring's environment logs it. */
const PROPERTY = /Property '([^'\n]{1,200})'[^\n]{0,200}?value of type \w{1,40}: (\S[^\n]{0,511})/g

const findSettings = (text: string, found: Found): void => {
  for (const { 0: whole, 1: secret = '', index } of text.matchAll(SOURCE)) {
    const end = index + whole.lastIndexOf('@')
    found('password', { start: end - secret.length, end })
  }
  for (const pattern of [SETTING, PROPERTY])
    for (const match of text.matchAll(pattern)) {
      const secret = match.at(-1) ?? ''
      const end = match.index + match[0].length
      const key = secretKey(match[1] ?? '')
      if (key !== undefined && secret !== '‹hidden›') found(key.kind, { start: end - secret.length, end })
    }
}

/** Matches calls of functions that take a login. */
const CALL =
  /\b(mysqli?_(?:p|real_)?connect|mysqli|PDO(?:->|::)__construct|PDO|getConnection|ftp_login|ldap_bind|ssh2_auth_password|HTTPBasicAuth|basicAuth)\(/g
const MOST_CALL = 1_000
const SECOND = /^(?:HTTPBasicAuth|basicAuth)$/

const findArguments = (text: string, found: Found): void => {
  for (const { 0: whole, 1: name = '', index } of text.matchAll(CALL)) {
    const { items } = listAt(text, index + whole.length, MOST_CALL)
    hideQuoted(text, items[SECOND.test(name) ? 1 : 2], 'password', found)
  }
}

const INSERT =
  /\b(?:insert|replace)\s{1,8}(?:ignore\s{1,8})?into\s{1,8}[\w."`[\]]{1,128}\s{0,8}\(([^()]{1,2000})\)\s{0,8}values\s{0,8}\(/gi
const MOST_ROW = 4_000
const NEXT_ROW = /\s{0,8},\s{0,8}\(/y

/** Finds the values of columns whose name is the name of a secret, in every row of an INSERT statement. */
const findColumns = (text: string, found: Found): void => {
  INSERT.lastIndex = 0
  for (let match = INSERT.exec(text); match !== null; match = INSERT.exec(text)) {
    const keys = (match[1] ?? '').split(',').map(column => secretKey(column.trim().replace(/["`[\]]/g, '')))
    for (let at: number | undefined = INSERT.lastIndex; at !== undefined; ) {
      const { items, end } = listAt(text, at, MOST_ROW)
      for (const [nth, key] of keys.entries()) if (key !== undefined) hideQuoted(text, items[nth], key.kind, found)
      INSERT.lastIndex = Math.max(INSERT.lastIndex, end)
      NEXT_ROW.lastIndex = end
      at = NEXT_ROW.test(text) ? NEXT_ROW.lastIndex : undefined
    }
  }
}

const hideQuoted = (text: string, item: Range | undefined, kind: Kind, found: Found): void => {
  if (item === undefined) return
  const at = text.slice(item.start, item.end).search(/["']/)
  if (at < 0) return
  const start = item.start + at + 1
  const end = quoteEnd(text, start - 1, item.end)
  if (end > start && text.slice(start, end) !== '‹hidden›') found(kind, { start, end })
}

/** Finds the secrets of command lines, calls and SQL statements in a text, and reports each to `found`. */
export const findByPlace = (text: string, found: Found): void => {
  findOptions(text, found)
  if (!/[@(]|Property '/.test(text) && !KEYISH.test(text)) return
  findSettings(text, found)
  if (!text.includes('(')) return
  findArguments(text, found)
  if (/into\s/i.test(text)) findColumns(text, found)
}
