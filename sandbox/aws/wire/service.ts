// The types of a simulated AWS service: a name, its operations, and AWS's errors.

/** The caller that the access key belongs to. */
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
  /** Tags that a further AssumeRole passes on. */
  readonly transitiveTags?: Readonly<Record<string, string>>
  /** The inline session policy of AssumeRole, parsed. */
  readonly sessionPolicy?: unknown
  /** Epoch milliseconds at which the credentials expire. */
  readonly expiresAt?: number
  /** The Lambda container that owns these credentials, or that assumed the role with its own. */
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
  /** Instead of a body: writes until the client disconnects. */
  readonly stream?: (sink: Sink) => void
}

/** The open response of a stream. */
export type Sink = {
  readonly write: (bytes: Uint8Array) => void
  readonly end: () => void
  /** Called once, when either side closes. */
  readonly onClose: (closed: () => void) => void
}

/** The result of an operation that answers with an event stream. */
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
  /** Path and query as sent. */
  readonly url: string
  readonly caller: Caller
  readonly requestId: string
}

/** An error answer, with AWS's code and text. */
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

/** A resource that a call affects, for authorisation. `context`: IAM condition keys besides those of the tags. */
export type Resource = {
  readonly arn: string
  readonly tags?: Readonly<Record<string, string>>
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

/** Returns AWS's denial before the call happens, or undefined. */
export type Authorize = (call: Call, resources: readonly Resource[]) => AwsError | undefined

/** How a table of operations is encoded on the wire; protocol.ts has the two for AWS's RPC services. */
export type Protocol = {
  readonly actionOf: (http: HttpRequest) => string | undefined
  /** Throws AwsError when the body does not match the operation's schema. */
  readonly read: (action: string, http: HttpRequest) => Record<string, unknown>
  /** Throws AwsError when a required member is missing. */
  readonly demand: (action: string, input: Record<string, unknown>) => void
  readonly write: (action: string, output: unknown, requestId: string) => HttpReply
}

/** Input and output have the SDK client's own types: Dates as Date, blobs as Uint8Array. */
export type Operation = (input: never, call: Call) => unknown

/**
 * A service is either a table of operations, read and written with the SDK client's schemas (protocol.ts), or a
 * function from HTTP to HTTP where the path has meaning (Lambda, DynamoDB).
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
