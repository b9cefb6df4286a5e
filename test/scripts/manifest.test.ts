import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { manifestFor } from '../../scripts/manifest/manifest-for.ts'

const MANIFEST = readFileSync('manifest.yml', 'utf8')
const API = 'https://a1b2c3.execute-api.us-east-1.amazonaws.com'

describe('the manifest', () => {
  test('can be read: no key is there twice, and each text is within Slack’s limits', () => {
    const { display_information: about, features, oauth_config: oauth, settings } = parse(MANIFEST)
    expect(about.name.length).toBeLessThanOrEqual(35)
    expect(about.description.length).toBeLessThanOrEqual(140)
    for (const { description, usage_hint: hint } of features.slash_commands) {
      expect(description.length).toBeLessThanOrEqual(2_000)
      expect(hint.length).toBeLessThanOrEqual(1_000)
    }
    for (const { name, callback_id: id, description } of features.shortcuts) {
      expect([name.length <= 24, id.length <= 255, description.length <= 150]).toEqual([true, true, true])
    }
    expect(new Set(oauth.scopes.bot).size).toBe(oauth.scopes.bot.length)
    expect(settings.event_subscriptions.bot_events.length).toBeLessThanOrEqual(100)
  })

  test.each([API, `${API}/`, `${API}/slack/events`])('has the address %s in each place, and no other', url => {
    const made = manifestFor(MANIFEST, url)
    if ('problem' in made) throw new Error(made.problem)
    const addresses = made.yaml.match(/https?:\/\/\S+/g) ?? []
    expect(addresses).toHaveLength(4)
    expect(new Set(addresses)).toEqual(new Set([`${API}/slack/events`]))
    expect(parse(made.yaml).settings.event_subscriptions.request_url).toBe(`${API}/slack/events`)
  })

  test.each([
    '',
    'a1b2c3.execute-api.us-east-1.amazonaws.com',
    API.replace('https', 'http'),
    `${API}/prod`,
    `${API}/?token=1`,
    `${API}/#x`,
    'https://user:password@bot.example.com/',
    'https://bot.example.com/\nsettings: {}',
    `https://${'a'.repeat(3_600)}.example.com/`,
  ])('refuses %j, and prints nothing', url => {
    expect(manifestFor(MANIFEST, url)).toEqual({ problem: expect.stringContaining('Usage: ') })
  })
})
