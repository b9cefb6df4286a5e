// `npm start`: starts the sandbox with its page.
import { createInterface } from 'node:readline'
import { parseArgs } from 'node:util'
import { localUser } from './aws/wire/credentials.ts'
import { servePage } from './page/with-page.ts'
import { Sandbox, type SandboxOptions } from './sandbox.ts'

const USAGE = `npm start -- [--port 4000] [--speed 5] [--services 0]
  --port      port of the page; simulated AWS listens on the next port
  --speed     world seconds per second: how fast tasks start and temporary changes end
  --services  number of generated services to add`

const fail = (message: string): never => {
  process.stderr.write(`${message}\n\n${USAGE}\n`)
  process.exit(2)
}

const wholeNumber = (name: string, text: string, min: number, max: number): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value < min || value > max)
    return fail(`--${name} must be a whole number from ${min} to ${max}; "${text}" is not.`)
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

const isPortInUse = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EADDRINUSE' || error.code === 'EACCES')

/** Starts on the requested ports. If one is in use, starts on free ports. */
const startOnFreePorts = async ({ port, ...options }: ReturnType<typeof readOptions>): Promise<Sandbox> => {
  const sandbox = new Sandbox({
    hasEvents: true,
    hasRelease: true,
    ...options,
    ...(port > 0 && { port, awsPort: port + 1 }),
  })
  try {
    await sandbox.start()
    return sandbox
  } catch (error) {
    await sandbox.stop()
    if (!isPortInUse(error)) throw error
    process.stdout.write(`Port ${port} or ${port + 1} is in use; using free ports. Use --port to choose another.\n`)
    const retried = new Sandbox({ hasEvents: true, hasRelease: true, ...options })
    await retried.start()
    return retried
  }
}

/** Calls `run` for each line typed in the terminal. Without a terminal, reads nothing: a background program must not wait. */
const onEnter = (run: () => void): void => {
  if (process.stdin.isTTY) createInterface({ input: process.stdin }).on('line', run)
}

// Files that the sandbox and the commands in its containers create can be read only by this user.
process.umask(0o077)
const sandbox = await startOnFreePorts(readOptions())
const { newLink, controlToken } = await servePage(sandbox)

process.stdout.write(`
  Quarterdeck sandbox: simulated AWS and Slack on this machine, with the built bot.

  Open     ${newLink()}
           The link works once, in one browser; reloading works. Press Enter here for a new link.
           Enter  /ecs scale orders-api 6  as Requester, then approve it as Approver.

  AWS      For the AWS CLI, paste these lines into a shell. The keys are new at each start.
           export AWS_ACCESS_KEY_ID=${localUser.accessKeyId}
           export AWS_SECRET_ACCESS_KEY=${localUser.secretAccessKey}
           export AWS_DEFAULT_REGION=us-east-1 AWS_ENDPOINT_URL=${sandbox.aws.url}
           aws ecs list-clusters

  Control  ${sandbox.url}/_control/  with the header
           x-quarterdeck-token: ${controlToken}

  The link, the keys and the token can run commands on this machine. Press Ctrl-C to stop.
`)

onEnter(() => void process.stdout.write(`  Open     ${newLink()}\n`))
const stop = async () => {
  await sandbox.stop()
  process.exit(0)
}
process.once('SIGINT', () => void stop())
process.once('SIGTERM', () => void stop())
