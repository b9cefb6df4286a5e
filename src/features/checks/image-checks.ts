// The checks of running images. They use ECR's scans of the image digests.
import type { Check } from './check.ts'
import type { ScannedFault, Workload } from './posture.ts'

const MOST_NAMED = 3

const faulty = ({ scans }: Workload, severity: 'critical' | 'high'): readonly string[] =>
  scans.flatMap(({ container, scan }) => {
    if (scan.kind === 'unscanned' || scan[severity] === 0) return []
    const faults = scan.faults.filter(fault => fault.severity === severity.toUpperCase())
    return [`\`${container}\` has ${scan[severity]}${namesOf(faults)}${outlookOf(faults)}`]
  })

/** The ids of vulnerabilities; those with a known exploit come first. */
const namesOf = (faults: readonly ScannedFault[]): string => {
  const worst = faults.toSorted((a, b) => Number(b.hasExploit ?? false) - Number(a.hasExploit ?? false))
  const named = worst.slice(0, MOST_NAMED).map(({ id }) => `\`${id}\``)
  return named.length === 0 ? '' : `, including ${named.join(', ')}`
}

/** The number of vulnerabilities with a fix and with an exploit. Only enhanced scanning reports these. */
const outlookOf = (faults: readonly ScannedFault[]): string => {
  if (faults.every(({ hasFix }) => hasFix === undefined)) return ''
  const exploited = faults.filter(({ hasExploit }) => hasExploit).length
  return ` (${faults.filter(({ hasFix }) => hasFix).length} with a fix, ${exploited} with a known exploit)`
}

const FIX = 'Build the image on a base with the fixes, push it, and deploy it.'

export const imageChecks: readonly Check<Workload>[] = [
  {
    id: 'critical-faults',
    severity: 'critical',
    title: 'A running image has critical vulnerabilities',
    why: 'Exploits for known vulnerabilities are public, or soon will be.',
    fix: FIX,
    seen: workload => faulty(workload, 'critical'),
  },
  {
    id: 'high-faults',
    severity: 'high',
    title: 'A running image has high-severity vulnerabilities',
    why: 'Exploits for known vulnerabilities are public, or soon will be.',
    fix: FIX,
    seen: workload => faulty(workload, 'high'),
  },
  {
    id: 'unscanned-image',
    severity: 'low',
    title: 'A running image is not scanned',
    why: 'Vulnerabilities found after it was built stay unnoticed.',
    fix: 'Turn on scanning for its repository, or pull it through a scanned ECR repository.',
    seen: ({ scans }) =>
      scans.flatMap(({ container, scan }) => (scan.kind === 'unscanned' ? [`\`${container}\`: ${scan.why}`] : [])),
  },
]
