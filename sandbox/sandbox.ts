// The sandbox: starts and stops the composed parts, publishes configurations, deploys bundles and moves time.
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { compileConfig } from '../src/commands/compile-config.ts'
import type { Config } from '../src/engine/rules/config.ts'
import { compose, type Parts, type SandboxOptions, type Secrets } from './compose.ts'
import { addRecurring, deployInfrastructure, putConfig, ROOT } from './infrastructure.ts'
import { newSecrets } from './lambda/warm.ts'

export type { SandboxOptions } from './compose.ts'
export { HUB } from './infrastructure.ts'

/** Serves a request. Returns false if the request is for another route. */
export type Route = (req: IncomingMessage, res: ServerResponse) => Promise<boolean>

export class Sandbox {
  readonly clock: Parts['clock']
  readonly fleet: Parts['fleet']
  readonly autoscaling: Parts['autoscaling']
  readonly aws: Parts['aws']
  readonly slack: Parts['slack']
  readonly functions: Parts['functions']
  readonly durable: Parts['durable']
  readonly events?: Parts['events']
  /** The notifications by which the hub learns that a durable execution has ended. */
  readonly endings: Parts['endings']
  readonly signingSecret: string
  readonly botToken: string
  /** Called before and after each request to Slack's Web API, for tests that kill the caller at that moment. */
  onSlackCall: (method: string, when: 'before' | 'after') => void = () => {}
  /** The routes of this server. They are tried in this order, after Slack's own route. */
  readonly routes: Route[] = []
  readonly #server = createServer((req, res) => void this.#serve(req, res))
  readonly #options: SandboxOptions
  readonly #parts: Parts

  constructor(options: SandboxOptions) {
    this.#options = { ...options.warm, ...options }
    const { signingSecret, botToken }: Secrets = options.warm ?? newSecrets()
    this.signingSecret = signingSecret
    this.botToken = botToken
    const parts = compose(this.#options, { signingSecret, botToken }, () => this.url)
    this.#parts = parts
    this.clock = parts.clock
    this.fleet = parts.fleet
    this.autoscaling = parts.autoscaling
    this.functions = parts.functions
    this.durable = parts.durable
    this.endings = parts.endings
    this.aws = parts.aws
    this.slack = parts.slack
    if (parts.events) this.events = parts.events
  }

  async start(): Promise<void> {
    await this.aws.listen()
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(this.#options.port ?? 0, '127.0.0.1', resolve)
    })
    this.slack.origin = this.url
    await deployInfrastructure(this, this)
    await this.publish(await readFile(`${ROOT}quarterdeck.yaml`, 'utf8'))
    if (this.#options.isRecurring) addRecurring(this.aws)
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Publishes a configuration in the format of `quarterdeck.yaml`. If it is not valid, throws and changes nothing. */
  async publish(yaml: string): Promise<Config> {
    const compiled = compileConfig(yaml, { clusters: this.fleet.clusterNames() })
    if ('problems' in compiled) throw new Error(compiled.problems.join('\n'))
    putConfig(this, JSON.stringify(compiled.config))
    return compiled.config
  }

  /**
   * Deploys the bundles in the folder `dist`. Later invocations run these bundles. A running durable execution stays on the
   * version with which it started, and on the bundle of this version. New executions start on a new version, to which the alias
   * `live` then points.
   */
  deploy(dist: string): void {
    const specs = this.#parts.specsIn(dist)
    for (const { name, durable, file } of specs) {
      const deployed = this.functions.specOf(name)
      if (durable && deployed !== undefined) this.durable.versions.publish(deployed, file)
    }
    this.functions.deploy(specs)
  }

  /** Resolves when no function runs and no delivery from Slack is pending. */
  async quiet(): Promise<void> {
    do {
      await Promise.all([this.functions.idle(), this.slack.idle()])
      await new Promise(resolve => setImmediate(resolve))
    } while (this.functions.inFlight > 0)
  }

  /**
   * Moves the clock from one due timer to the next until `isTrue` returns true. Throws if no timer is due, or after `limitMs` of
   * world time.
   */
  async until(isTrue: () => boolean, limitMs = 24 * 3_600_000): Promise<void> {
    const end = this.clock.now() + limitMs
    for (;;) {
      await this.quiet()
      if (isTrue()) return
      const next = this.clock.next()
      if (next === undefined || next > end) throw new Error('the condition is still false, and nothing more is due')
      this.clock.advanceTo(next)
    }
  }

  /** Exports the audit now, as the hourly schedule does. */
  async exportAudit(): Promise<void> {
    this.functions.invokeAsync(this.#parts.specOf('export'), {})
    await this.quiet()
  }

  /** Runs a recurring schedule now. */
  async recur(kind: 'index' | 'digest' | 'gates' | 'problems'): Promise<void> {
    this.functions.invokeAsync(this.#parts.specOf('schedule'), { kind, operation: kind, number: 0 })
    await this.quiet()
  }

  async stop(): Promise<void> {
    this.clock.stop()
    this.functions.stop()
    await this.aws.close()
    await new Promise<void>(resolve => {
      this.#server.close(() => resolve())
      this.#server.closeAllConnections()
    })
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    try {
      const [, method] = /^\/api\/([\w.]+)/.exec(req.url ?? '') ?? []
      if (method !== undefined) this.onSlackCall(method, 'before')
      for (const route of [this.slack.route, ...this.routes]) {
        if (!(await route(req, res))) continue
        if (method !== undefined) this.onSlackCall(method, 'after')
        return
      }
      res.writeHead(404, { 'content-type': 'text/plain' }).end('not found')
    } catch (error) {
      if (!res.headersSent) res.writeHead(500, { 'content-type': 'text/plain' })
      res.end(error instanceof Error ? error.message : String(error))
    }
  }
}

export const startSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = new Sandbox(options)
  await sandbox.start()
  return sandbox
}
