// Runs `npm run config`: returns the exit code.
import { readFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type { Config } from '../../src/engine/rules/config.ts'
import { slackNames } from '../../src/engine/rules/config-names.ts'
import { decodeConfig } from '../../src/engine/rules/published/decode-config.ts'
import { widening } from '../../src/engine/rules/published/widening.ts'
import { createDirectory } from '../../src/gateways/slack/directory.ts'
import type { Wait } from '../../src/gateways/slack/patient-fetch.ts'
import { checkSlack } from './check-slack.ts'
import { compileFile } from './compile-file.ts'
import { explainLine } from './explain-line.ts'
import type { Finding } from './finding.ts'

export type Terminal = {
  readonly env: NodeJS.ProcessEnv
  readonly out: (line: string) => void
  /** Progress: standard error. */
  readonly log: (line: string) => void
  readonly sleep: (ms: number) => Promise<unknown>
}

const OPTIONS = {
  check: { type: 'boolean', default: false },
  clusters: { type: 'string', default: '' },
  explain: { type: 'string' },
  compare: { type: 'string' },
  tasks: { type: 'string', default: '1' },
} as const

export const runConfig = async (args: readonly string[], terminal: Terminal): Promise<0 | 1> => {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS })
    const [file = 'quarterdeck.yaml'] = positionals
    const compiled = await compileFile(file, values.clusters)
    if ('problems' in compiled) return report(compiled.problems, terminal)
    if (values.explain !== undefined) {
      const asked = { now: new Date().toISOString(), tasks: Number(values.tasks) }
      for (const line of explainLine(values.explain, compiled.config, asked)) terminal.out(line)
      return 0
    }
    if (values.compare !== undefined) return compare(await readFile(values.compare, 'utf8'), compiled.config, terminal)
    const found = values.check ? await check(compiled.text, file, terminal) : []
    const textsOf = (kind: Finding['kind']) => found.flatMap(one => (one.kind === kind ? [one.text] : []))
    for (const notice of textsOf('notice')) terminal.out(notice)
    const problems = textsOf('problem')
    if (problems.length > 0) return report(problems, terminal)
    terminal.out(`${file}: no problems; version ${compiled.config.version}`)
    return 0
  } catch (error) {
    return report([error instanceof Error ? error.message : String(error)], terminal)
  }
}

const report = (problems: readonly string[], { out }: Terminal): 1 => {
  for (const problem of problems) out(problem)
  return 1
}

/** `text`: the published JSON of the last version. Exit code 1 where the file allows more: a second person should read it. */
const compare = (text: string, after: Config, { out }: Terminal): 0 | 1 => {
  if (decodeConfig(text) === undefined) throw new Error('the file of --compare is not a published configuration')
  const wider = widening(JSON.parse(text) as Config, after)
  for (const line of wider) out(`widens: ${line}`)
  if (wider.length === 0) out('widens nothing')
  return wider.length === 0 ? 0 : 1
}

const check = async (text: string, file: string, { env, log, sleep }: Terminal): Promise<readonly Finding[]> => {
  const token = env['SLACK_BOT_TOKEN'] ?? ''
  if (token === '') throw new Error('--check needs the bot token in SLACK_BOT_TOKEN')
  const wait: Wait = async (seconds, method) => {
    log(`Slack limits ${method}: waiting for ${seconds} s`)
    await sleep(seconds * 1_000)
  }
  return checkSlack(slackNames(text), file, createDirectory(token, env, wait), log)
}
