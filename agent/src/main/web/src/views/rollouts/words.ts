import type { Plan } from '../../fleet/rollout';

/** `step 2 of 4, 43.3 %`. */
export const stepText = (plan: Plan, share: number): string => `step ${plan.step} of ${plan.steps.length}${share > 0 ? `, ${shareText(share)}` : ''}`;

/** `43.3 %`. */
export const shareText = (share: number): string => `${Number(share.toPrecision(3))} %`;

const MEANINGS: Readonly<Record<string, string>> = {
  running: 'Goes on by itself as long as somebody steers it.',
  paused: 'Devices keep what they have.',
  succeeded: 'All devices of the group get it.',
  aborting: 'Devices go back.',
  undoing: 'Devices go back.',
};

/** What its state means for who looks at it, and who wanted it so. */
export function planText(plan: Plan): string {
  const why = plan.stoppedBy === '' ? '' : `Stopped by ${plan.stoppedBy}: ${plan.reason || 'nobody says why'}. `;
  return why + ((Object.hasOwn(MEANINGS, plan.state) && MEANINGS[plan.state]) || '');
}
