// `npm start`: starts the sandbox with its page.
import { parseArgs } from 'node:util'
import { localUser } from './aws/wire/credentials.ts'
import { servePage } from './page/with-page.ts'
import { Sandbox, type SandboxOptions } from './sandbox.ts'

const USAGE = `npm start -- [--port 4000] [--speed 5] [--services 0]
  --port      the page's port; AWS answers on the next one
  --speed     world seconds a second: how fast tasks start and leases end
  --services  how many generated services to add to the fleet`

const fail = (words: string): never => {
  process.stderr.write(`${words}\n\n${USAGE}\n`)
  process.exit(2)
}

const wholeNumber = (name: string, text: string, least: number, most: number): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < least || value > most)
    return fail(`--${name} takes a whole number from ${least} to ${most}, not "${text}".`)
  return value
}

const readOptions = (): SandboxOptions & { readonly port: number } => {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '4000' },
        speed: { type: 'string', default: '5' },
        services: { type: 'string', default: '0' },
        help: { type: 'boolean', default: false },
      },
    })
    if (values.help) {
      process.stdout.write(`${USAGE}\n`)
      process.exit(0)
    }
    return {
      port: wholeNumber('port', values.port, 0, 65_534),
      speed: wholeNumber('speed', values.speed, 1, 3_600),
      isRecurring: true,
      services: wholeNumber('services', values.services, 0, 50_000),
    }
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
}

const isTaken = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')

/** Starts on the requested ports, or on free ones when they are in use. */
const startNear = async ({ port, ...options }: ReturnType<typeof readOptions>): Promise<Sandbox> => {
  const sandbox = new Sandbox({ hasEvents: true, ...options, ...(port > 0 && { port, awsPort: port + 1 }) })
  try {
    await sandbox.start()
    return sandbox
  } catch (error) {
    await sandbox.stop()
    if (!isTaken(error)) throw error
    process.stdout.write(`Port ${port} or ${port + 1} is taken (--port chooses another). Using free ones.\n`)
    const elsewhere = new Sandbox({ hasEvents: true, ...options })
    await elsewhere.start()
    return elsewhere
  }
}

const sandbox = await startNear(readOptions())
const token = await servePage(sandbox)

process.stdout.write(`
  Quarterdeck's sandbox: ECS, AWS and Slack on this machine, and the bot as it is deployed.

  Open     ${sandbox.url}
           type  /ecs scale orders-api 6  as the Requester, then approve it as the Approver

  AWS      ${sandbox.aws.url}
           AWS_ACCESS_KEY_ID=${localUser.accessKeyId} AWS_SECRET_ACCESS_KEY=${localUser.secretAccessKey} AWS_DEFAULT_REGION=us-east-1 \\
           aws --endpoint-url ${sandbox.aws.url} ecs list-clusters

  Control  ${sandbox.url}/_control/  with the header x-quarterdeck-token: ${token}

  Ctrl-C stops everything.
`)

const stop = async () => {
  await sandbox.stop()
  process.exit(0)
}
process.once('SIGINT', () => void stop())
process.once('SIGTERM', () => void stop())
