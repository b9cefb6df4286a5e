// Pure: converts the name of a level, or its number on the scale of a logging library, to a level.
import { isRecord } from '../../../model/json.ts'
import type { Level } from '../entry.ts'

const NAMES: Readonly<Record<Exclude<Level, 'other'>, string>> = {
  error:
    'fatal fata ftl panic pani dpanic emergency emerg alert critical crit severe error erro err eror fail failure exception f e a c',
  warn: 'warning warn wrn w',
  info: 'notice note information informational info inf success system log config i n',
  debug: 'debug debu dbug dbg verbose vrb http silly trace trce trc fine finer finest v t d d1 d2 d3 d4 d5',
}

const LEVELS: ReadonlyMap<string, Level> = new Map(
  Object.entries(NAMES).flatMap(([level, names]) => names.split(' ').map(name => [name, level as Level] as const)),
)

/**
 * The level that a name stands for, in upper or lower case; `other` for an unknown name. Go's slog prints levels
 * between two names as `ERROR+2`.
 */
export const levelNamed = (name: string): Level =>
  LEVELS.get(
    name
      .trim()
      .toLowerCase()
      .replace(/^(\w+)[+-]\d+$/, '$1'),
  ) ?? 'other'

/** A scale of level numbers: the lowest numbers of error, warning and information. A lower number is debug. */
type Scale = readonly [error: number, warn: number, info: number]

const rising =
  ([error, warn, info]: Scale) =>
  (number: number): Level =>
    number >= error ? 'error' : number >= warn ? 'warn' : number >= info ? 'info' : 'debug'

/** Syslog severities (RFC 5424, section 6.2.1), which GELF and journald use: 0 is an emergency, 7 is debug. */
export const syslogLevel = (number: number): Level =>
  number <= 3 ? 'error' : number === 4 ? 'warn' : number <= 6 ? 'info' : 'debug'

/** Pino and Bunyan: 10 trace, 20 debug, 30 info, 40 warn, 50 error, 60 fatal. */
const pino = rising([50, 40, 30])
/** Monolog: 100 debug, 200 info, 250 notice, 300 warning, 400 error, to 600 emergency. */
const monolog = rising([400, 300, 200])
/** Logback's integers: 5,000 trace, 10,000 debug, 20,000 info, 30,000 warn, 40,000 error. */
const logback = rising([40_000, 30_000, 20_000])
/** java.util.logging: 800 info, 900 warning, 1,000 severe. */
const javaUtil = rising([1_000, 900, 800])
/** Python's logging: 10 debug, 20 info, 30 warning, 40 error, 50 critical. */
const python = rising([40, 30, 20])
/** OpenTelemetry's severity numbers: 1 trace, 5 debug, 9 info, 13 warn, 17 error, 21 fatal. */
const telemetry = rising([17, 13, 9])
/** .NET's LogLevel: 0 trace, 1 debug, 2 information, 3 warning, 4 error, 5 critical, 6 none. */
const dotnet = (number: number): Level => (number === 6 ? 'other' : rising([4, 3, 2])(number))

/** The scales of keys that only one library uses, by the key in lower case. */
const OWN_SCALES: Readonly<Record<string, (number: number) => Level>> = {
  levelno: python,
  level_number: python,
  loglevel: dotnet,
  severitynumber: telemetry,
  severity_number: telemetry,
  priority: syslogLevel,
  'syslog.severity': syslogLevel,
  syslog_severity: syslogLevel,
}

/**
 * The level that a number stands for. `key`: the key whose value the number is. `isGelf`: whether the line is in
 * Graylog's GELF format.
 */
const levelNumbered = (number: number, key: string, isGelf: boolean): Level => {
  const own = OWN_SCALES[key.toLowerCase()]
  if (own !== undefined) return own(number)
  if (isGelf || (number >= 0 && number < 8)) return syslogLevel(number)
  if (number < 100) return pino(number)
  if (number <= 600) return monolog(number)
  return number < 5_000 ? javaUtil(number) : logback(number)
}

/** The level that a value of a JSON line stands for. The value is a name, a number, or an object with a name. */
export const levelOf = (value: unknown, key: string, isGelf = false): Level => {
  if (typeof value === 'number') return levelNumbered(value, key, isGelf)
  if (typeof value === 'string')
    return /^\s*\d{1,5}\s*$/.test(value) ? levelNumbered(Number(value), key, isGelf) : levelNamed(value)
  if (isRecord(value)) return levelOf(value['name'] ?? value['text'] ?? value['level'], key, isGelf)
  return 'other'
}
