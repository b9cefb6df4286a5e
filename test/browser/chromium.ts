// The browser of the page's tests: Debian's Chromium, or the one that CHROMIUM names.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const findChromium = (): string => {
  const named = process.env['CHROMIUM']
  if (named) return named
  const found = PATHS.find(path => existsSync(path))
  if (!found)
    throw new Error('The browser tests need Chromium: `apt-get install chromium`, or set CHROMIUM to its path')
  return found
}

export const launchChromium = (): Promise<Browser> => chromium.launch({ executablePath: findChromium(), args: ARGS })
