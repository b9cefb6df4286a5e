// Reads from manifest.yml the events and the scopes that the app has.
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

type Manifest = {
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } }
  readonly settings: { readonly event_subscriptions: { readonly bot_events: readonly string[] } }
}

export const readManifest = () => {
  const text = readFileSync(new URL('../../manifest.yml', import.meta.url), 'utf8')
  const { oauth_config, settings } = parse(text) as Manifest
  return { scopes: oauth_config.scopes.bot, events: settings.event_subscriptions.bot_events }
}
