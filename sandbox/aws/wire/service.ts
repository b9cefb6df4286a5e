// What every simulated AWS service is made of: a name, its operations, and errors that say what AWS says.

/** Who signed the request, as the server found by the access key. */
export type Caller = {
  readonly accessKeyId: string
  readonly account: string
  /** `arn:aws:iam::…:user/x` or `arn:aws:sts::…:assumed-role/role/session` */
  readonly arn: string
  /** The `UserId` that GetCallerIdentity gives: `AROA…:session`. */
  readonly userId: string
  /** `arn:aws:iam::…:role/x` when the caller is a session of a role. */
  readonly roleArn?: string
  readonly sourceIdentity?: string
  readonly tags?: Readonly<Record<string, string>>
  /** Those of the tags that a further AssumeRole hands on. */
  readonly transitiveTags?: Readonly<Record<string, string>>
  /** The inline session policy given to AssumeRole, parsed. */
  readonly sessionPolicy?: unknown
  /** Epoch milliseconds after which the credentials are refused. */
  readonly expiresAt?: number
  /** The Lambda container that holds these credentials, or from which they were assumed. */
  readonly container?: string
}

export type HttpRequest = {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

export type HttpReply = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string | Buffer
  /** Instead of a body: written for as long as somebody listens. */
  readonly stream?: (sink: Sink) => void
}

/** The open end of an answer that goes on. */
export type Sink = {
  readonly write: (bytes: Uint8Array) => void
  readonly end: () => void
  /** Called once, whoever ends it. */
  readonly onClose: (closed: () => void) => void
}

/** What an operation returns that answers with an event stream. */
export class Streamed {
  readonly start: (sink: Sink) => void
  constructor(start: (sink: Sink) => void) {
    this.start = start
  }
}

export type Call<Input = Record<string, unknown>> = {
  readonly service: string
  readonly action: string
  readonly input: Input
  readonly region: string
  /** Path and query as they were sent. */
  readonly url: string
  readonly caller: Caller
  readonly requestId: string
}

/** An answer that is an error, with AWS's own code and text. */
export class AwsError extends Error {
  readonly code: string
  readonly status: number
  readonly fields: Readonly<Record<string, unknown>>
  constructor(
    code: string,
    message: string,
    { status = 400, fields = {} }: { status?: number; fields?: Readonly<Record<string, unknown>> } = {},
  ) {
    super(message)
    this.name = code
    this.code = code
    this.status = status
    this.fields = fields
  }
}

/** What a call touches: for the authorisation hook. `context`: IAM condition keys beside those of the tags. */
export type Resource = {
  readonly arn: string
  readonly tags?: Readonly<Record<string, string>>
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

/** Says no to a call before it happens, in AWS's words. */
export type Authorize = (call: Call, resources: readonly Resource[]) => AwsError | undefined

/** How a table of operations is spoken on the wire; protocol.ts has the two that AWS's RPC services use. */
export type Protocol = {
  readonly actionOf: (http: HttpRequest) => string | undefined
  /** Throws AwsError where the body does not fit the operation's schema. */
  readonly read: (action: string, http: HttpRequest) => Record<string, unknown>
  /** Throws AwsError where a required member is missing. */
  readonly demand: (action: string, input: Record<string, unknown>) => void
  readonly write: (action: string, output: unknown, requestId: string) => HttpReply
}

/** Input and output are what the SDK client's own types say: Dates as Date, blobs as Uint8Array. */
export type Operation = (input: never, call: Call) => unknown

/**
 * A service is either a table of operations, read and written by the SDK client's schemas (protocol.ts),
 * or, where the path carries meaning of its own (Lambda, DynamoDB), a function from HTTP to HTTP.
 */
export type AwsService =
  | {
      readonly name: string
      readonly protocol: Protocol
      readonly operations: Readonly<Record<string, Operation>>
      readonly resources?: (call: Call) => readonly Resource[]
    }
  | {
      readonly name: string
      readonly actionOf: (http: HttpRequest) => string
      readonly answer: (http: HttpRequest, call: Call) => Promise<HttpReply>
      readonly resources?: (call: Call) => readonly Resource[]
    }
