// SSM parameters: secrets and the published configuration, read live with a short memory.
import type { Config } from '../config.ts'
import { PeerError } from '../errors.ts'
import { createSignedPost, refusedBy } from './signed.ts'

/** What only ingress needs. */
export type Secrets = {
  /** The current signing secret first; the one before it stays valid during a rotation. */
  readonly signing: readonly string[]
  readonly botToken: string
  readonly botUser: string
  readonly bot: string
}

export type Parameters = {
  readonly secrets: () => Promise<Secrets>
  readonly botToken: () => Promise<string>
  /** The configuration in force, uncached. */
  readonly config: () => Promise<Config>
  /** Why the halt switch says no, if it does: any text in it but `off`. A switch that was never made is off. */
  readonly halted: () => Promise<string | undefined>
}

const NAMES = {
  signing: '/quarterdeck/slack/signing-secret',
  before: '/quarterdeck/slack/signing-secret-before',
  botToken: '/quarterdeck/slack/bot-token',
  identity: '/quarterdeck/slack/bot-identity',
  config: '/quarterdeck/config',
  halt: '/quarterdeck/halt',
} as const

type Answer = { readonly Parameters?: readonly { readonly Name: string; readonly Value: string }[] }

/** Those of the names that there are. */
const readParameters = async (
  env: NodeJS.ProcessEnv,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> => {
  const reply = await createSignedPost('ssm', env)('/', JSON.stringify({ Names: names, WithDecryption: true }), {
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AmazonSSM.GetParameters',
  })
  if (reply.status !== 200) throw refusedBy('reading parameters: SSM', reply)
  const { Parameters = [] } = JSON.parse(reply.text) as Answer
  return new Map(Parameters.map(({ Name, Value }) => [Name, Value]))
}

/** Why a halt switch says no, if it does. `env`: whose switch, by its credentials and AWS_REGION. */
export const readHalt = async (env: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const value = (await readParameters(env, [NAMES.halt])).get(NAMES.halt)?.trim() ?? 'off'
  return value === 'off' ? undefined : `the switch ${NAMES.halt} says: ${value}`
}

/** `memoryMs`: how long secrets are remembered; a rotation is noticed after that. */
export const createParameters = (
  env: NodeJS.ProcessEnv,
  now: () => number = Date.now,
  memoryMs = 60_000,
): Parameters => {
  const remember = <T>(read: () => Promise<T>): (() => Promise<T>) => {
    let remembered: { readonly at: number; readonly value: T } | undefined
    return async () => {
      const age = now() - (remembered?.at ?? Number.NaN)
      if (remembered !== undefined && age >= 0 && age < memoryMs) return remembered.value
      const value = await read()
      remembered = { at: now(), value }
      return value
    }
  }
  return {
    secrets: remember(async () => {
      const found = await readParameters(env, [NAMES.signing, NAMES.before, NAMES.botToken, NAMES.identity])
      const [bot = '', botUser = ''] = need(found, NAMES.identity).split(' ')
      const before = found.get(NAMES.before)
      const signing = [need(found, NAMES.signing), ...(before === undefined ? [] : [before])]
      return { signing, botToken: need(found, NAMES.botToken), bot, botUser }
    }),
    botToken: remember(async () => need(await readParameters(env, [NAMES.botToken]), NAMES.botToken)),
    config: async () => JSON.parse(need(await readParameters(env, [NAMES.config]), NAMES.config)) as Config,
    halted: () => readHalt(env),
  }
}

const need = (found: ReadonlyMap<string, string>, name: string): string => {
  const value = found.get(name)
  if (value === undefined || value === '')
    throw new PeerError(`The parameter ${name} is missing.`, { code: 'ParameterNotFound', passing: false })
  return value
}
