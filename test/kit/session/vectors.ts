// Golden bytes, made by the reference client's and agent's own code.
import { readFileSync } from 'node:fs'

export type FrameVector = {
  readonly name: string
  readonly hex?: string
  readonly fields?: {
    readonly createdDate: number
    readonly flags: number
    readonly headerLength: number
    readonly messageId: string
    readonly messageType: string
    readonly payloadHex?: string
    readonly payloadText?: string
    readonly payloadLength: number
    readonly payloadType: number | null
    readonly schemaVersion: number
    readonly sequenceNumber: number
  }
}

type Vectors = {
  readonly frames: readonly FrameVector[]
  readonly negative: readonly { readonly name: string; readonly hex: string; readonly expect: string }[]
  readonly openDataChannelJson: string
  readonly aesGcm: {
    readonly clientToAgent: {
      readonly dataKeyHex: string
      readonly nonceHex: string
      readonly outputHex: string
      readonly plaintext: string
    }
    readonly agentToClient: {
      readonly messages: readonly { readonly outputHex: string; readonly plaintext: string }[]
      readonly randomChallenge: string
    }
    readonly encChallengePlainHex: string
  }
  readonly rto: {
    readonly initial: { readonly rtoMs: number; readonly rttMs: number; readonly rttVarMs: number }
    readonly steps: readonly {
      readonly rtoMs: number
      readonly rttMs: number
      readonly rttVarMs: number
      readonly sampleMs: number
    }[]
  }
  readonly reconnectDelaysMs: { readonly initialDelayMs: number; readonly values: readonly number[] }
  readonly sigv4Upgrade: readonly {
    readonly accessKeyId: string
    readonly secretAccessKey: string
    readonly sessionToken: string
    readonly region: string
    readonly time: string
    readonly url: string
    readonly allRequestHeaders: Readonly<Record<string, readonly string[]>>
  }[]
  readonly agentCommandSplitting: {
    readonly cases: readonly { readonly command: string; readonly argv: readonly string[]; readonly error?: string }[]
  }
}

const at = (path: string): URL => new URL(`../../fixtures/ssm/${path}`, import.meta.url)

export const vectors = JSON.parse(readFileSync(at('vectors.json'), 'utf8')) as Vectors

export type Recorded = {
  /** c client, a agent, m the service: `a2c` is from the agent to the client. */
  readonly dir: 'a2c' | 'c2a' | 'm2c' | 'm2a'
  readonly hex: string
  readonly type: string
  readonly ptype: number
  readonly seq: number
  readonly payload?: string
}

export const transcript = (name: string): readonly Recorded[] =>
  readFileSync(at(`transcripts/${name}.jsonl`), 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as Recorded)

export const fromHex = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, 'hex'))
export const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
