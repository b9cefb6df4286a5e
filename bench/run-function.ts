// A function of the built product in a process of its own, without a memory limit.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { HUB, type Sandbox } from '../sandbox/sandbox.ts'

/** `ms`: of one invocation. `cpu`: milliseconds of the process. `kb`: peak memory. */
export type Measured = { readonly ms: number; readonly kb: number; readonly cpu: number }

/** Runs the function once for an event, with its role and in world time. `name`: such as `query`. */
export const runFunction = async (world: Sandbox, name: string, event: object): Promise<Measured> => {
  const role = `quarterdeck-${name}`
  const credential = world.aws.credentials.issue({
    account: HUB.account,
    arn: `arn:aws:sts::${HUB.account}:assumed-role/${role}/${role}`,
    roleArn: `arn:aws:iam::${HUB.account}:role/${role}`,
    userId: `AROABENCH:${role}`,
  })
  const file = fileURLToPath(new URL(`../dist/${name}/index.mjs`, import.meta.url))
  const offset = world.clock.now() - Date.now()
  const script = `
const Real = Date
globalThis.Date = class extends Real {
  static now() { return Real.now() + ${offset} }
  constructor(...parts) { parts.length === 0 ? super(Real.now() + ${offset}) : super(...parts) }
}
const { handler } = await import(${JSON.stringify(file)})
const before = performance.now()
await handler(${JSON.stringify(event)}, { getRemainingTimeInMillis: () => 60_000 })
process.stdout.write(JSON.stringify({ ms: performance.now() - before, kb: process.resourceUsage().maxRSS, cpu: (process.cpuUsage().user + process.cpuUsage().system) / 1_000 }))
`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    env: {
      ...process.env,
      AWS_REGION: HUB.region,
      AWS_ACCESS_KEY_ID: credential.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credential.secretAccessKey,
      AWS_SESSION_TOKEN: credential.sessionToken ?? '',
      AWS_ENDPOINT_URL: world.aws.url,
      SLACK_API_URL: `${world.url}/api/`,
      TABLE: 'quarterdeck',
    },
  })
  return JSON.parse(stdout.slice(stdout.lastIndexOf('{'))) as Measured
}
