// The types of a simulated AWS service: a name, its operations, and AWS's errors.

/** The caller to whom the access key belongs. */
export type Caller = {
  readonly accessKeyId: string
  readonly account: string
  /** The ARN of the caller: `arn:aws:iam::…:user/x` or `arn:aws:sts::…:assumed-role/role/session`. */
  readonly arn: string
  /** The `UserId` that GetCallerIdentity returns: `AROA…:session`. */
  readonly userId: string
  /** The ARN of the role, `arn:aws:iam::…:role/x`, if the caller is a session of a role. */
  readonly roleArn?: string
  readonly sourceIdentity?: string
  readonly tags?: Readonly<Record<string, string>>
  /** The transitive session tags, which AssumeRole passes on to a further session. */
  readonly transitiveTags?: Readonly<Record<string, string>>
  /** The parsed inline session policy that was given to AssumeRole. */
  readonly sessionPolicy?: unknown
  /** When the credentials expire, in epoch milliseconds. */
  readonly expiresAt?: number
  /** The Lambda container that owns these credentials, or that assumed the role with its own credentials. */
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
  /** An alternative to a body: this function writes to the response until the client disconnects. */
  readonly stream?: (sink: Sink) => void
}

/** The open response of a stream. */
export type Sink = {
  readonly write: (bytes: Uint8Array) => void
  readonly end: () => void
  /** Sets a callback that is called once, when either side closes. */
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
  /** The path and query as sent. */
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

/** A resource that a call affects, for authorization. `context`: the IAM condition keys besides the keys of tags. */
export type Resource = {
  readonly arn: string
  readonly tags?: Readonly<Record<string, string>>
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

/** Decides about a call before it is executed: returns AWS's denial, or undefined if the call is allowed. */
export type Authorize = (call: Call, resources: readonly Resource[]) => AwsError | undefined

/** The encoding of a service's operations in HTTP. protocol.ts has the two protocols of AWS's RPC services. */
export type Protocol = {
  readonly actionOf: (http: HttpRequest) => string | undefined
  /** Reads the input. Throws AwsError if the body does not match the operation's schema. */
  readonly read: (action: string, http: HttpRequest) => Record<string, unknown>
  /** Checks the input. Throws AwsError if a required member is missing. */
  readonly demand: (action: string, input: Record<string, unknown>) => void
  readonly write: (action: string, output: unknown, requestId: string) => HttpReply
}

/** An operation of a service. Input and output have the types of the SDK client: Dates as Date, blobs as Uint8Array. */
export type Operation = (input: never, call: Call) => unknown

/**
 * A service is a table of operations, or a function from HTTP request to HTTP answer. Operations are read and written with
 * the schemas of the SDK clients (protocol.ts). A function is used if the URL path has a meaning (Lambda, DynamoDB).
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
