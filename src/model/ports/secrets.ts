// The secrets that ingress needs: Slack's signing secrets and the bot's token and identity.

/** What only ingress needs. */
export type Secrets = {
  /** The current signing secret first; the one before it stays valid during a rotation. */
  readonly signing: readonly string[]
  readonly botToken: string
  readonly botUser: string
  readonly bot: string
}
