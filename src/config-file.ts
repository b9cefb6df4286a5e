// From quarterdeck.yaml to the configuration that is published: parsed and validated as a whole, every problem at once.
import { createHash } from 'node:crypto'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { z } from 'zod'
import type { Config } from './config.ts'

const roleArn = z.string().regex(/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'is not the ARN of an IAM role')
const region = z.string().regex(/^[a-z]{2,4}(-[a-z]+){1,3}-\d$/, 'is not an AWS region')

const account = z.strictObject({
  id: z.string().regex(/^\d{12}$/, 'is not an account id: twelve digits between quotes'),
  regions: z.array(region).min(1, 'names no region'),
  roles: z.strictObject({ viewer: roleArn, operator: roleArn }),
})

const schema = z.strictObject({
  team: z.string().regex(/^[TE][A-Z0-9]{5,}$/, 'is not the id of a Slack workspace, such as T0123ABCD'),
  accounts: z.record(z.string().regex(/^[a-z][a-z0-9-]{0,30}$/, 'is not a name that people can type'), account),
  consent: z.strictObject({
    channel: z.string().regex(/^[CG][A-Z0-9]{5,}$/, 'is not the id of a Slack channel, such as C0123ABCD'),
    expiry: z.string().regex(/^[1-9]\d{0,3}[mh]$/, 'is not a time such as 45m or 8h'),
  }),
})

export type Compiled = { readonly config: Config } | { readonly problems: readonly string[] }

/** Each problem is a line such as `quarterdeck.yaml:12 accounts.prod.id is not an account id`. */
export const compileConfig = (text: string, file = 'quarterdeck.yaml'): Compiled => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true })
  if (document.errors.length > 0) {
    return {
      problems: document.errors.map(
        ({ pos, message }) => `${file}:${lines.linePos(pos[0]).line} ${message.split('\n')[0]}`,
      ),
    }
  }
  const parsed = schema.safeParse(document.toJS())
  if (parsed.success) return { config: publish(parsed.data, text) }
  const lineOf = (path: readonly PropertyKey[]): number => {
    for (let depth = path.length; depth > 0; depth -= 1) {
      const node: unknown = document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
    }
    return 1
  }
  return {
    problems: parsed.error.issues.map(({ path, message }) => `${file}:${lineOf(path)} ${path.join('.')} ${message}`),
  }
}

const publish = ({ team, accounts, consent }: z.infer<typeof schema>, text: string): Config => ({
  version: createHash('sha256').update(text).digest('hex').slice(0, 12),
  team,
  accounts: Object.entries(accounts).map(([name, rest]) => ({ name, ...rest })),
  consent: { channel: consent.channel, approvals: 1, expiryMinutes: minutes(consent.expiry) },
})

const minutes = (time: string): number => Number(time.slice(0, -1)) * (time.endsWith('h') ? 60 : 1)
