// Simulates ECS Exec behind its API: starts, resumes and ends sessions. Each session has an agent in its container.

import { randomBytes } from 'node:crypto'
import type { Caller } from '../aws/wire/service.ts'
import type { Clock } from '../world/clock.ts'
import type { Fleet } from '../world/fleet.ts'
import type { Logs } from '../world/logs.ts'
import { createRandom } from '../world/random.ts'
import { type AgentTiming, agentTiming, startAgent } from './agent.ts'
import { Channel } from './channel.ts'
import { type Container, createFolders, environmentOf, hasShell } from './container.ts'
import { createSessionLog, refusalByLog } from './session-log.ts'
import { createSessions, isOver, newSessionId, type Session } from './sessions.ts'
import type { TaskRole } from './task-role.ts'
import { fair, type Weather } from './weather.ts'

/** The default maximum number of concurrent sessions in a container. */
const SLOTS = 2

export type ExecOptions = {
  readonly clock: Clock
  readonly fleet: Fleet
  readonly logs: Logs
  readonly taskRole: (container: Container) => TaskRole
  /** The origin of the WebSocket server, such as `ws://127.0.0.1:4001`. */
  readonly origin: () => string
  /** Returns the stream URL, presigned in its query with the credentials of this caller. */
  readonly presign: (url: string, caller: Caller, region: string) => string
}

/** Returns a random cell number. It contains `+` and `/`, which clients must encode correctly to sign the upgrade. */
const cellNumber = (): string => `AAEAA+/${randomBytes(24).toString('base64')}`

/**
 * The owner of a session. ECS starts sessions with its service-linked role, so only CloudTrail names the person who
 * requested the session. Inferred from two sources: session ids start with the session name of that role, and the managed
 * policy of that role.
 */
const ownerIn = (account: string): string =>
  `arn:aws:sts::${account}:assumed-role/AWSServiceRoleForECS/ecs-execute-command`

export class Exec {
  readonly sessions: ReturnType<typeof createSessions>
  /** The waiting times of new agents. */
  timing: AgentTiming = agentTiming
  /** The network conditions of new sessions. Each session gets its own. */
  weather: () => Weather = fair
  /** Whether the image of a container has a shell. This function is called when a session starts. */
  hasShell: (container: Container) => boolean = hasShell
  /** Whether stream URLs are presigned. Reference clients of 2024 support only presigned URLs. */
  presigns = false
  readonly #options: ExecOptions
  readonly #random = createRandom(7)
  readonly #folders = createFolders()

  constructor(options: ExecOptions) {
    this.#options = options
    this.sessions = createSessions(options.clock)
    // If a task stops, its agents disappear without a message.
    options.fleet.onChange(service => {
      for (const session of this.#running()) {
        const { task } = session.container
        if (task.service !== service || task.executionStoppedAt === undefined) continue
        session.agent?.kill()
        session.channel.lose()
      }
    })
  }

  /** Whether the container's agent can reach Session Manager. */
  isConnected(container: Container): boolean {
    return this.#options.taskRole(container).isConnected()
  }

  /**
   * Whether another session may start. A container allows two sessions at a time. If the containers of a task share their
   * processes (`pidMode` is `task`), the whole task allows one session.
   */
  hasSlot({ task, name }: Container): boolean {
    const running = this.#running().filter(({ container }) => container.task === task)
    if (task.definition.input.pidMode === 'task') return running.length === 0
    return running.filter(({ container }) => container.name === name).length < SLOTS
  }

  start(container: Container, command: string, caller: Caller): Session {
    const { clock, origin, presign } = this.#options
    const id = newSessionId()
    const { account, region } = container.task.cluster
    const weather = this.weather()
    const url = `${origin()}/v1/data-channel/${id}?role=publish_subscribe&cell-number=${cellNumber()}`
    const session: Session = {
      id,
      account,
      region,
      container,
      command,
      weather,
      owner: ownerIn(account),
      startedAt: clock.now(),
      streamUrl: this.presigns ? presign(url, caller, region) : url,
      channel: new Channel({
        clock,
        random: this.#random,
        weather,
        sessionId: id,
        expired: output => this.terminate(session, output),
      }),
    }
    this.sessions.add(session)
    this.#launch(session)
    return session
  }

  terminate(session: Session, output = ''): void {
    session.agent?.kill()
    this.#finish(session, output)
  }

  /** Called when the sandbox stops: kills every process. */
  stop(): void {
    for (const session of this.sessions.list()) {
      session.agent?.kill()
      session.channel.stop()
    }
    this.#folders.stop()
  }

  #running(): readonly Session[] {
    return this.sessions.list().filter(session => !isOver(session))
  }

  #launch(session: Session): void {
    const { container, channel, id } = session
    const { clock, taskRole, logs } = this.#options
    const folder = this.#folders.create()
    const role = taskRole(container)
    const { kmsKeyId, decrypt, getParameters } = role
    const hasShell = this.hasShell(container)
    const log = createSessionLog({ logs, role, container, sessionId: id, hasShell })
    const refusal = refusalByLog(container, role)
    session.agent = startAgent({
      sessionId: id,
      command: session.command,
      env: environmentOf(container, folder.path),
      cwd: folder.path,
      hasShell,
      timing: this.timing,
      now: () => clock.now(),
      send: channel.fromAgent,
      ended: output => this.#finish(session, output),
      exited: () => {
        folder.remove()
        log.close()
      },
      record: log.add,
      ...(refusal !== undefined && { refusal }),
      getParameters,
      ...(kmsKeyId !== undefined && { kms: { keyId: kmsKeyId, decrypt: sealed => decrypt(sealed, id) } }),
    })
    channel.attach(session.agent)
  }

  #finish(session: Session, output: string): void {
    if (isOver(session)) return
    session.endedAt = this.#options.clock.now()
    if (output !== '') session.failure = output
    session.channel.close(output)
  }
}
