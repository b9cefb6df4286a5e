// Who sent a request. In Enterprise Grid, Slack may name another workspace of the organization as that of the person, or the
// organization itself.
import type { App } from '@slack/bolt'
import type { Actor } from '../../model/ecs.ts'
import { isRecord } from '../../model/json.ts'

type Client = App['client']
type Json = Readonly<Record<string, unknown>>

/** The maximum number of people that one process remembers. */
const MOST_PEOPLE = 500

const textIn = (value: unknown, ...path: readonly string[]): string | undefined => {
  const found = path.reduce<unknown>((at, key) => (isRecord(at) ? at[key] : undefined), value)
  return typeof found === 'string' && found !== '' ? found : undefined
}

/** The workspace of the person, and the one in which the request was made. */
const teamsOf = (body: Json) => ({
  own:
    textIn(body, 'user', 'team_id') ??
    textIn(body, 'event', 'user_team') ??
    textIn(body, 'event', 'team') ??
    textIn(body, 'user_team_id'),
  here: textIn(body, 'team', 'id') ?? textIn(body, 'team_id'),
})

/** The organization of the installation; absent without Enterprise Grid. */
const enterpriseOf = (body: Json): string | undefined =>
  textIn(body, 'enterprise', 'id') ??
  textIn(body, 'team', 'enterprise_id') ??
  textIn(body, 'enterprise_id') ??
  textIn(body, 'authorizations', '0', 'enterprise_id')

/** The organization of the person, by the body of the request. */
const enterprises = new WeakMap<object, string>()

/**
 * Before each request: asks Slack for the organization of a person whose workspace is not the one of the request. Payloads do not
 * say it, and a person of another company may act in a shared channel. Without an answer it is unknown.
 */
export const listenForPeople = (app: App): void => {
  const people = new Map<string, Promise<string | undefined>>()
  app.use(async ({ body, client, next }) => {
    const payload = body as unknown as Json
    const { own, here } = teamsOf(payload)
    const user = textIn(payload, 'user', 'id') ?? textIn(payload, 'event', 'user') ?? textIn(payload, 'user_id')
    if (user !== undefined && own !== undefined && own !== here && enterpriseOf(payload) !== undefined) {
      const enterprise = await remembered(people, user, client)
      if (enterprise !== undefined) enterprises.set(body, enterprise)
    }
    await next()
  })
}

const remembered = (
  people: Map<string, Promise<string | undefined>>,
  user: string,
  client: Client,
): Promise<string | undefined> => {
  const known = people.get(user)
  if (known !== undefined) return known
  if (people.size >= MOST_PEOPLE) people.clear()
  const found = client.users.info({ user }).then(
    answer => textIn(answer, 'user', 'enterprise_user', 'enterprise_id'),
    () => {
      people.delete(user)
      return undefined
    },
  )
  people.set(user, found)
  return found
}

type Payload = {
  readonly user: {
    readonly id: string
    readonly team_id?: string | undefined
    readonly name?: string | undefined
    readonly username?: string | undefined
  }
  readonly team?: { readonly id: string } | null
}

/** The person behind a click, a form or a picker. */
export const personIn = (body: Payload): Actor => ({
  // In a shared channel, the team of the person is in `user`, not in `body.team`.
  team: body.user.team_id ?? body.team?.id ?? '',
  ...enterpriseIn(body),
  user: body.user.id,
  name: body.user.username ?? body.user.name ?? body.user.id,
})

export const enterpriseIn = (body: object): Pick<Actor, 'enterprise'> => {
  const enterprise = enterprises.get(body)
  return enterprise === undefined ? {} : { enterprise }
}
