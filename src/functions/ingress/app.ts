// Connects Bolt: each Slack request becomes a job, which is dispatched before the request is acknowledged, because
// Lambda freezes the process afterwards.
import { App, type Receiver } from '@slack/bolt'
import type { Declaration } from '../../kit/language/declaration.ts'
import type { Dispatch } from '../../model/ports/functions.ts'
import type { Secrets } from '../../model/ports/secrets.ts'
import { listenToBuilder } from './builder-form.ts'
import { listenToButtons } from './buttons.ts'
import { listenToOpenCard } from './card-dialog.ts'
import { listenToChannelEvents } from './channel-events.ts'
import { listenToForms } from './forms.ts'
import { listenToMentions } from './mentions.ts'
import { createNames, type NamesPorts } from './picker-names.ts'
import { listenToSlash } from './slash.ts'
import { createStart } from './start-job.ts'
import { listenToSenders } from './who.ts'

export type AppOptions = {
  readonly receiver: Receiver
  readonly declarations: readonly Declaration[]
  readonly dispatch: Dispatch
  readonly secrets: () => Promise<Secrets>
  /** The names that Slack's pickers offer. */
  readonly naming: Omit<NamesPorts, 'members'>
  /** A different Slack Web API address, for tests. */
  readonly slackApiUrl?: string
}

export const createApp = (options: AppOptions): App => {
  const { declarations, dispatch, secrets, naming } = options
  const app = connect(options)
  const members = async (group: string): Promise<readonly string[] | undefined> => {
    const { botToken } = await secrets()
    try {
      return (await app.client.usergroups.users.list({ token: botToken, usergroup: group })).users
    } catch (error) {
      if (isMissingGroup(error)) return undefined
      throw error
    }
  }
  const start = createStart(declarations, dispatch)
  listenToSenders(app)
  listenToSlash(app, { declarations, start })
  listenToButtons(app, { declarations, dispatch, start })
  listenToForms(app, dispatch)
  listenToBuilder(app, { declarations, start, names: createNames({ ...naming, members }) })
  listenToMentions(app, { declarations, start, dispatch })
  listenToOpenCard(app, dispatch)
  listenToChannelEvents(app, dispatch)
  return app
}

/** Slack does not know the group, or an admin disabled it. */
const isMissingGroup = (error: unknown): boolean =>
  error instanceof Error && 'data' in error && (error.data as { readonly error?: string }).error === 'no_such_subteam'

const connect = ({ receiver, secrets, slackApiUrl }: AppOptions): App =>
  new App({
    receiver,
    convoStore: false,
    // Slack waits only three seconds for an answer, so there is one attempt with a short timeout.
    clientOptions: {
      retryConfig: { retries: 0 },
      timeout: 2_000,
      rejectRateLimitedCalls: true,
      ...(slackApiUrl !== undefined && { slackApiUrl }),
    },
    // `token` is not used instead: with it, one failed auth.test would break the process for good (Bolt 5.1).
    authorize: async () => {
      const { botToken, bot, botUser } = await secrets()
      return { botToken, botId: bot, botUserId: botUser }
    },
  })
