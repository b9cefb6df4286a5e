// Finds secrets by their place: options of programs, arguments of functions, columns of SQL, logins of data sources.
import { KEYISH, secretKey } from '../keys.ts'
import type { Kind, Range } from '../spans.ts'

type Found = (kind: Kind, range: Range) => void

/** Programs, and the option that takes their password. The value may follow at once, or after a space. */
const OPTIONS: readonly (readonly [RegExp, string])[] = [
  [/\b(?:mysql|mysqldump|mysqladmin|mysqlimport|mariadb|mariadb-dump)\b/g, '-p(?=\\S)'],
  [/\bsshpass\b/g, '-p ?'],
  [/\bredis-cli\b/g, '-a '],
  [/\b(?:docker|podman|helm|skopeo|oras|buildah)\b[^\n|;&]{0,40}\blogin\b/g, '-p '],
  [/\b(?:mongo|mongosh|mongodump|mongorestore)\b/g, '-p ?'],
  [/\bldap(?:search|add|modify|delete|whoami|passwd)\b/g, '-w '],
  [/\bopenssl\b/g, '(?:-[kK] |-pass(?:in|out)? pass:)'],
  [/\b(?:zip|unzip)\b/g, '-P ?'],
  [/\b7za?\b/g, '-p(?=\\S)'],
  [/\bsqlcmd\b/g, '-P ?'],
  [/\bsmbclient\b/g, '(?:-U )?[\\w\\\\.-]{1,64}%'],
  [/\bhtpasswd\b[^\n|;&]{0,40} -\w{0,4}b\w{0,4} \S{1,200}/g, '[\\w.@-]{1,64} '],
]
const PROGRAM =
  /\b(?:mysql|mariadb|sshpass|redis-cli|docker|podman|helm|skopeo|oras|buildah|mongo|ldap|openssl|zip|unzip|7z|sqlcmd|smbclient|htpasswd)/
const MOST_COMMAND = 1_000

const findOptions = (text: string, found: Found): void => {
  if (!PROGRAM.test(text)) return
  for (const [program, option] of OPTIONS)
    for (const { 0: name, index } of text.matchAll(program)) {
      const from = index + name.length
      const [rest = ''] = /^[^\n|;]*/.exec(text.slice(from, from + MOST_COMMAND)) ?? []
      const value = new RegExp(`(?<=\\s)${option}(["']?)([^\\s"']{1,512})\\1(?=\\s|$)`).exec(rest)
      if (value === null) continue
      const end = from + value.index + value[0].length - (value[1] ?? '').length
      const secret = value[2] ?? ''
      if (!/^(?:\$|-|‹hidden›|\*+$)/.test(secret)) found('password', { start: end - secret.length, end })
    }
}

/** A login of a data source, as drivers of Go write it: `user:password@tcp(host:3306)/name`. */
const SOURCE = /(?<![\w/])[\w.-]{1,64}:([^\s@"'`:]{1,256})@(?:tcp|udp|unix|cloudsql)\(/g
/** `aws configure set <key> <value>`, Dockerfile's `ENV <key> <value>`, `setx <key> <value>`. */
const SETTING = /\b(?:configure set|ENV|ARG|setx|setenv) ([\w.-]{1,100}) (["']?)([^\s"']{1,512})/g
/** A property of Spring, as its environment reports it. */
const PROPERTY = /Property '([^'\n]{1,200})'[^\n]{0,200}?value of type \w{1,40}: ([^\s]{1,512})/g

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

/** Functions that take a login, and which of their arguments is the password. */
const CALL =
  /\b(mysqli?_(?:p|real_)?connect|mysqli|PDO(?:->|::)__construct|PDO|getConnection|ftp_login|ldap_bind|ssh2_auth_password|HTTPBasicAuth|basicAuth)\(([^()\n]{1,1000})\)/g
const SECOND = /^(?:HTTPBasicAuth|basicAuth)$/
const ARGUMENT = /(?:[^,"']|"[^"]*"|'[^']*')+/g

const findArguments = (text: string, found: Found): void => {
  for (const { 0: whole, 1: name = '', 2: list = '', index } of text.matchAll(CALL)) {
    const at = index + whole.length - 1 - list.length
    hideQuoted([...list.matchAll(ARGUMENT)][SECOND.test(name) ? 1 : 2], at, 'password', found)
  }
}

const INSERT =
  /\b(?:insert|replace)\s{1,8}(?:ignore\s{1,8})?into\s{1,8}[\w."`[\]]{1,128}\s{0,8}\(([^()]{1,2000})\)\s{0,8}values\s{0,8}\(([^()\n]{1,4000})\)/gi

/** The values of columns that a secret's name has, in the first row. */
const findColumns = (text: string, found: Found): void => {
  for (const { 0: whole, 1: columns = '', 2: list = '', index } of text.matchAll(INSERT)) {
    const values = [...list.matchAll(ARGUMENT)]
    const at = index + whole.length - 1 - list.length
    for (const [nth, column] of columns.split(',').entries()) {
      const key = secretKey(column.trim().replace(/["`[\]]/g, ''))
      if (key !== undefined) hideQuoted(values[nth], at, key.kind, found)
    }
  }
}

const hideQuoted = (argument: RegExpMatchArray | undefined, at: number, kind: Kind, found: Found): void => {
  const quoted = /["']([^"']{1,1000})["']/.exec(argument?.[0] ?? '')
  if (argument === undefined || quoted === null || quoted[1] === '‹hidden›') return
  const start = at + (argument.index ?? 0) + quoted.index + 1
  found(kind, { start, end: start + (quoted[1] ?? '').length })
}

/** The secrets of a command line, a call or a statement. */
export const findByPlace = (text: string, found: Found): void => {
  findOptions(text, found)
  if (!/[@(]|Property '/.test(text) && !KEYISH.test(text)) return
  findSettings(text, found)
  if (!text.includes('(')) return
  findArguments(text, found)
  if (/into\s/i.test(text)) findColumns(text, found)
}
