// Finds who sent a request. In Enterprise Grid, the team of a person may be another workspace of the enterprise, or the
// enterprise itself; whether it belongs to it is proved, by Slack's request or by Slack's directory.
import type { App, Context } from '@slack/bolt'
import type { Actor } from '../../model/ecs.ts'
import { isRecord } from '../../model/json.ts'

type Json = Readonly<Record<string, unknown>>

/** What a request says. `enterprise`: that of the workspace in which it happened, which may not be the person's. */
type Claim = {
  readonly user: string
  readonly team: string
  /** Events name nobody. */
  readonly name?: string
  readonly enterprise?: string
  /** Whether the enterprise is that of the person's own team. */
  readonly isProved: boolean
}

/** Adds the sender to the context of each request, for `actorIn`. */
export const listenToSenders = (app: App): void => {
  const find = createDirectory()
  app.use(async ({ body, client, context, next }) => {
    const claim = claimOf(body as unknown as Json)
    if (claim !== undefined) context['found'] = await foundOf(claim, user => find(user, client))
    await next()
  })
}

/** The sender of a request. Nobody, if Slack names none: then no rule allows anything. */
export const actorIn = ({ body, context }: { readonly body: object; readonly context?: Context }): Actor => {
  const { user = '', team = '', name } = claimOf(body as Json) ?? {}
  const { enterprise, name: found } = (context?.['found'] ?? {}) as Partial<Found>
  return { ...{ team, user, name: name ?? found ?? user }, ...(enterprise !== undefined && { enterprise }) }
}

/** What Slack's directory adds. */
type Found = { readonly name: string | undefined; readonly enterprise: string | undefined }

const foundOf = async (claim: Claim, find: (user: string) => Promise<Found | undefined>): Promise<Found> => {
  const { user, team, name, enterprise, isProved } = claim
  const isOpen = enterprise !== undefined && !isProved && team !== enterprise
  const found = name === undefined || isOpen ? await find(user) : undefined
  return { name: found?.name, enterprise: isProved ? enterprise : isOpen ? found?.enterprise : undefined }
}

const claimOf = (body: Json): Claim | undefined => {
  if (isRecord(body['event'])) return claimOfEvent(body, body['event'])
  return typeof body['command'] === 'string' ? claimOfCommand(body) : claimOfInteraction(body)
}

/** Clicks, forms, pickers and shortcuts. `team` is null where the app is installed for the whole enterprise. */
const claimOfInteraction = (body: Json): Claim | undefined => {
  const user = recordIn(body, 'user')
  const id = textIn(user, 'id')
  if (id === undefined) return undefined
  const workspace = recordIn(body, 'team')
  const own = textIn(workspace, 'enterprise_id')
  const team = textIn(user, 'team_id') ?? textIn(workspace, 'id') ?? ''
  return {
    ...{ user: id, team, name: textIn(user, 'name') ?? textIn(user, 'username') ?? id },
    ...enterpriseOf(own ?? textIn(recordIn(body, 'enterprise'), 'id')),
    // The enterprise stands in the workspace's own record, and the person is of that workspace.
    isProved: own !== undefined && team === textIn(workspace, 'id'),
  }
}

/** Only people of the workspaces where the app is installed have its command. */
const claimOfCommand = (body: Json): Claim | undefined => {
  const user = textIn(body, 'user_id')
  if (user === undefined) return undefined
  const team = textIn(body, 'user_team_id') ?? textIn(body, 'team_id') ?? ''
  const enterprise = textIn(body, 'enterprise_id')
  return {
    ...{ user, team, name: textIn(body, 'user_name') ?? user, ...enterpriseOf(enterprise) },
    isProved: enterprise !== undefined && team === textIn(body, 'team_id'),
  }
}

/** Mentions, messages and the opening of App Home. In a shared channel, the writer's team is in the message. */
const claimOfEvent = (body: Json, event: Json): Claim | undefined => {
  const message = isRecord(event['message']) ? event['message'] : event
  const user = textIn(message, 'user')
  const isWritten = event['type'] === 'app_mention' || event['type'] === 'message'
  const isSent = isWritten || event['type'] === 'app_home_opened'
  if (!isSent || user === undefined || textIn(message, 'bot_id') !== undefined) return undefined
  const team = textIn(message, 'user_team') ?? textIn(message, 'team') ?? textIn(body, 'team_id') ?? ''
  return {
    ...{ user, team, ...(!isWritten && { name: user }) },
    ...enterpriseOf(textIn(body, 'enterprise_id') ?? textIn(body, 'context_enterprise_id')),
    isProved: false,
  }
}

const enterpriseOf = (enterprise: string | undefined): { readonly enterprise?: string } =>
  enterprise === undefined ? {} : { enterprise }

const recordIn = (json: Json, key: string): Json => (isRecord(json[key]) ? json[key] : {})

const textIn = (json: Json, key: string): string | undefined => {
  const value = json[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

type Client = App['client']

/** The maximum number of people that one process remembers. */
const MOST_PEOPLE = 500

/**
 * Creates a function that returns what Slack says of a person; undefined if it does not answer. A person is looked up once:
 * anybody can mention the bot, and users.info has a limit for the whole app.
 */
const createDirectory = () => {
  const people = new Map<string, Promise<Found | undefined>>()
  const lookUp = async (user: string, client: Client): Promise<Found | undefined> => {
    const { user: found } = await client.users.info({ user }).catch(() => ({ user: undefined }))
    if (found?.id !== user) return undefined
    // A stranger is somebody of another company, in a shared channel.
    const enterprise = found.is_stranger === true ? undefined : found.enterprise_user?.enterprise_id
    return { name: found.name ?? user, enterprise }
  }
  return (user: string, client: Client): Promise<Found | undefined> => {
    const known = people.get(user)
    if (known !== undefined) return known
    if (people.size >= MOST_PEOPLE) people.clear()
    const found = lookUp(user, client)
    people.set(user, found)
    void found.then(one => one === undefined && people.delete(user))
    return found
  }
}
