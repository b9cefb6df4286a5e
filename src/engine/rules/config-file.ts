// Compiles quarterdeck.yaml to the configuration that is published. Reports all problems, each with its line.

import { LineCounter, parseDocument } from 'yaml'
import type { Clock } from '../../kit/redact/probe-patterns.ts'
import { mistakableNames } from './ambiguous-names.ts'
import type { Config } from './config.ts'
import { badDigests, badPatterns, inconsistencies } from './config-checks.ts'
import { lineOf, lineOfKey } from './config-lines.ts'
import { type Issue, schema } from './config-schema.ts'
import { publishedConfig } from './publish-config.ts'

/** The maximum size of the published JSON: an advanced SSM parameter holds 8 KB. */
const MAX_BYTES = 8_000
/** The maximum size of the file in bytes, which may have comments. */
const MAX_FILE_BYTES = 65_536

/** Sections of earlier versions, and what to do with each. */
const FORMER_KEYS = {
  consent: 'is now called `approvals`: rename the key',
  digest: 'is now `digests`, a list: give each a `name`, and a `cron` such as `cron(0 8 * * ? *)` instead of `at`',
} as const

export type Compiled = { readonly config: Config } | { readonly problems: readonly string[] }

export type Known = {
  /** The names of the commands that change something. */
  readonly mutations: readonly string[]
  /** The name of the file, as problems show it. */
  readonly file?: string
  /** The names or ARNs of existing clusters. No account may have the name of a cluster. */
  readonly clusters?: readonly string[]
  /** Whether an expression such as `cron(0 9 ? * MON-FRI *)` ever runs. */
  readonly isCron?: (expression: string) => boolean
  /** Measures how long patterns take; the real time by default. */
  readonly clock?: Clock
}

/**
 * Compiles the file; the result is a configuration or a list of problems. A problem is a line such as
 * `quarterdeck.yaml:12 accounts.prod.id is not an account id`.
 */
export const compileRules = (
  text: string,
  { file = 'quarterdeck.yaml', clusters = [], mutations, isCron = () => true, clock }: Known,
): Compiled => {
  if (Buffer.byteLength(text) > MAX_FILE_BYTES)
    return { problems: [`${file}:1 is larger than ${MAX_FILE_BYTES} bytes`] }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map(
        ({ pos, message }) => `${file}:${lines.linePos(pos[0]).line} ${message.split('\n')[0]}`,
      ),
    }
  }
  const former = Object.entries(FORMER_KEYS).flatMap(([key, advice]) => {
    const line = lineOfKey(key, document, lines)
    return line === undefined ? [] : [`${file}:${line} ${key} ${advice}`]
  })
  if (former.length > 0) return { problems: former }
  const problemText = ({ path, message }: Issue) =>
    `${file}:${lineOf(path, document, lines)} ${path.join('.')} ${message}`.replace('  ', ' ')
  const parsed = schema.safeParse(document.toJS())
  const issues = parsed.success
    ? [
        ...inconsistencies(parsed.data, mutations),
        ...badDigests(parsed.data, isCron),
        ...mistakableNames(parsed.data, clusters),
        ...badPatterns(parsed.data, clock),
      ]
    : parsed.error.issues
  if (issues.length > 0 || !parsed.success) return { problems: issues.map(problemText) }
  const config = publishedConfig(parsed.data, text)
  const bytes = Buffer.byteLength(JSON.stringify(config))
  return bytes > MAX_BYTES
    ? {
        problems: [
          `${file}:1 takes ${bytes} bytes as JSON, of at most ${MAX_BYTES}: an advanced SSM parameter holds 8 KB`,
        ],
      }
    : { config }
}
