// The secrets of ingress: Slack's signing secrets, and the bot's token and identity.

export type Secrets = {
  /** The signing secrets: the current one, then the previous one during a rotation. */
  readonly signing: readonly string[]
  readonly botToken: string
  readonly botUser: string
  readonly bot: string
}
