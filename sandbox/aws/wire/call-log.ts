// The call log: every AWS call with its caller and result, kept in memory for the page and the tests.

export type LoggedCall = {
  readonly id: number
  /** When the call arrived, in epoch milliseconds of world time. */
  readonly at: number
  readonly service: string
  readonly action: string
  readonly region: string
  readonly account: string
  readonly arn: string
  readonly sourceIdentity?: string
  readonly container?: string
  readonly input: unknown
  /** The answer; present only for the operations whose answer CloudTrail records. */
  readonly output?: unknown
  /** The HTTP status; 0 if no answer was sent because the socket was destroyed. */
  readonly status: number
  readonly errorCode?: string
  readonly errorMessage?: string
  /** The injected fault that was applied to this call. */
  readonly fault?: string
  readonly requestId: string
}

export type CallLog = ReturnType<typeof createCallLog>

export const createCallLog = ({ size = 5_000 }: { size?: number } = {}) => {
  let calls: LoggedCall[] = []
  let next = 1
  const listeners = new Set<(call: LoggedCall) => void>()
  return {
    add: (call: Omit<LoggedCall, 'id' | 'input'> & { readonly input: unknown }): void => {
      const logged: LoggedCall = {
        ...call,
        id: next++,
        input: redacted(call.action, call.input),
        ...(call.output !== undefined && { output: answered(call.action, call.output) }),
      }
      calls.push(logged)
      if (calls.length > size * 1.5) calls = calls.slice(-size)
      for (const listener of listeners) listener(logged)
    },
    /** The calls, oldest first. */
    list: (): readonly LoggedCall[] => calls.slice(-size),
    clear: (): void => {
      calls = []
    },
    subscribe: (listener: (call: LoggedCall) => void): (() => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}

const secretNames = new Set([
  'SecretString',
  'SecretBinary',
  'SessionToken',
  'SecretAccessKey',
  'TokenValue',
  'tokenValue',
  'streamUrl',
])

/** Replaces the values of environment variables, as CloudTrail does for RegisterTaskDefinition. */
const withoutEnvironment = (input: unknown): unknown => {
  const { containerDefinitions } = (input ?? {}) as { containerDefinitions?: readonly Environment[] }
  if (!Array.isArray(containerDefinitions)) return input
  const hidden = (containerDefinitions as readonly Environment[]).map(container => ({
    ...container,
    environment: container.environment?.map(({ name }) => ({ name, value: 'HIDDEN_DUE_TO_SECURITY_REASONS' })),
  }))
  return { ...(input as object), containerDefinitions: hidden }
}

type Environment = { readonly environment?: readonly { readonly name?: string }[] }

const answered = (action: string, output: unknown): unknown => {
  if (action !== 'RegisterTaskDefinition') return hide(output, secretNames)
  const { taskDefinition } = output as { taskDefinition?: unknown }
  return { taskDefinition: withoutEnvironment(taskDefinition) }
}

const redacted = (action: string, input: unknown): unknown => {
  if (action === 'RegisterTaskDefinition') return withoutEnvironment(input)
  const isSecureParameter =
    action === 'PutParameter' && (input as { Type?: string } | undefined)?.Type === 'SecureString'
  return hide(input, isSecureParameter ? new Set([...secretNames, 'Value']) : secretNames)
}

/** The maximum length of a text in characters. Longer texts are cut, because the log keeps thousands of calls. */
const longestText = 4_096

const hide = (value: unknown, names: ReadonlySet<string>): unknown => {
  if (typeof value === 'string' && value.length > longestText) return `${value.slice(0, longestText)}…`
  if (Array.isArray(value)) return value.map(item => hide(item, names))
  if (value instanceof Uint8Array) return `<${value.byteLength} bytes>`
  if (value === null || typeof value !== 'object' || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, names.has(key) ? '<redacted>' : hide(inner, names)]),
  )
}
