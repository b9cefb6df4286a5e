// Reads SSM parameters: secrets (cached for a minute), the published configuration and the halt switch.
import type { Config } from '../engine/rules/config.ts'
import { decodeConfig } from '../engine/rules/published/decode-config.ts'
import { codeText } from '../kit/messages/text.ts'
import { RemoteError } from '../model/errors.ts'
import type { Secrets } from '../model/ports/secrets.ts'
import { createSignedPost, refusedBy } from './signed-request.ts'

export type Parameters = {
  readonly secrets: () => Promise<Secrets>
  readonly botToken: () => Promise<string>
  readonly pagerDutyToken: () => Promise<string>
  /** Reads the active configuration, without a cache. */
  readonly config: () => Promise<Config>
  /** Returns the active configuration from a cache; it is at most one minute old. */
  readonly recentConfig: () => Promise<Config>
  /**
   * Reads the halt switch. Returns the reason if the switch is on, else undefined. The switch is on for any value but `off`;
   * it is off if the parameter is missing.
   */
  readonly halted: () => Promise<string | undefined>
}

const NAMES = {
  signing: '/quarterdeck/slack/signing-secret',
  before: '/quarterdeck/slack/signing-secret-before',
  botToken: '/quarterdeck/slack/bot-token',
  identity: '/quarterdeck/slack/bot-identity',
  pagerDuty: '/quarterdeck/pagerduty/token',
  config: '/quarterdeck/config',
  halt: '/quarterdeck/halt',
} as const

type Parameter = { readonly Name: string; readonly Value: string; readonly Version?: number }
type Answer = { readonly Parameters?: readonly Parameter[] }

/** Reads parameters; returns their values keyed by name. Missing parameters are left out. */
const readParameters = async (env: NodeJS.ProcessEnv, names: readonly string[]): Promise<ReadonlyMap<string, string>> =>
  new Map((await getParameters(env, names)).map(({ Name, Value }) => [Name, Value]))

const getParameters = async (env: NodeJS.ProcessEnv, names: readonly string[]): Promise<readonly Parameter[]> => {
  const reply = await createSignedPost('ssm', env)('/', JSON.stringify({ Names: names, WithDecryption: true }), {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonSSM.GetParameters',
  })
  if (reply.status !== 200) throw refusedBy('reading parameters: SSM', reply)
  const { Parameters = [] } = JSON.parse(reply.text) as Answer
  return Parameters
}

/** The number of older versions to try if the newest is invalid. SSM keeps 100 versions. */
const MAX_OLDER_VERSIONS = 8

/** Reads the newest valid configuration. An invalid version is never applied; it is logged, and the log line causes an alarm. */
const readConfig = async (env: NodeJS.ProcessEnv, log: (line: object) => void): Promise<Config> => {
  const [newest] = await getParameters(env, [NAMES.config])
  const config = decodeConfig(need(new Map([[NAMES.config, newest?.Value ?? '']]), NAMES.config))
  if (config !== undefined) return config
  const latest = newest?.Version ?? 1
  log({
    level: 'alarm',
    where: 'config',
    error: `version ${latest} of ${NAMES.config} is invalid; the last valid configuration stays active`,
  })
  const versions = Array.from({ length: Math.min(MAX_OLDER_VERSIONS, latest - 1) }, (_, at) => latest - 1 - at)
  const older =
    versions.length === 0
      ? []
      : await getParameters(
          env,
          versions.map(version => `${NAMES.config}:${version}`),
        )
  const valid = older
    .toSorted((a, b) => (b.Version ?? 0) - (a.Version ?? 0))
    .flatMap(({ Value }) => decodeConfig(Value) ?? [])[0]
  if (valid !== undefined) return valid
  throw new RemoteError('No version of the configuration is valid.', { code: 'ConfigInvalid', passing: false })
}

/** The maximum number of characters of the halt reason that are shown. */
const MOST_REASON = 500

/** Reads the halt switch: the reason if it is on, else undefined. `env`: AWS_REGION and credentials of the account to read. */
export const readHalt = async (env: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const value = (await readParameters(env, [NAMES.halt])).get(NAMES.halt)?.trim() ?? 'off'
  return value === 'off' ? undefined : `the switch ${NAMES.halt} is on: ${codeText(value, MOST_REASON)}`
}

/** Creates the readers. `memoryMs`: how long secrets are cached. A rotated secret takes effect when this time is over. */
export const createParameters = (
  env: NodeJS.ProcessEnv,
  now: () => number = Date.now,
  memoryMs = 60_000,
): Parameters => {
  const cached = <T>(read: () => Promise<T>): (() => Promise<T>) => {
    let cache: { readonly at: number; readonly value: T } | undefined
    return async () => {
      const age = now() - (cache?.at ?? Number.NaN)
      if (cache !== undefined && age >= 0 && age < memoryMs) return cache.value
      const value = await read()
      cache = { at: now(), value }
      return value
    }
  }
  return {
    secrets: cached(async () => {
      const found = await readParameters(env, [NAMES.signing, NAMES.before, NAMES.botToken, NAMES.identity])
      const [bot = '', botUser = ''] = need(found, NAMES.identity).split(' ')
      const before = found.get(NAMES.before)
      const signing = [need(found, NAMES.signing), ...(before === undefined ? [] : [before])]
      return { signing, botToken: need(found, NAMES.botToken), bot, botUser }
    }),
    botToken: cached(async () => need(await readParameters(env, [NAMES.botToken]), NAMES.botToken)),
    pagerDutyToken: cached(async () => need(await readParameters(env, [NAMES.pagerDuty]), NAMES.pagerDuty)),
    config: () => readConfig(env, print),
    recentConfig: cached(() => readConfig(env, print)),
    halted: () => readHalt(env),
  }
}

const need = (found: ReadonlyMap<string, string>, name: string): string => {
  const value = found.get(name)
  if (value === undefined || value === '')
    throw new RemoteError(`The parameter ${name} is missing.`, { code: 'ParameterNotFound', passing: false })
  return value
}

const print = (line: object): void => void process.stderr.write(`${JSON.stringify(line)}\n`)
