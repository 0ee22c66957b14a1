import type { Plan } from '../../fleet/rollout';

/** `step 2 of 4`. */
export const stepText = (plan: Plan): string => `step ${plan.step} of ${plan.steps.length}`;

/** `43.3 %`. */
export const shareText = (share: number): string => `${Number(share.toPrecision(3))} %`;

/** What each state means for who looks at it. */
export function planText(plan: Plan): string {
  const why = plan.stoppedBy === '' ? '' : ` by ${plan.stoppedBy}${plan.reason === '' ? '' : `: ${plan.reason}`}`;
  switch (plan.state) {
    case 'running':
      return 'Goes on by itself as long as somebody steers it.';
    case 'paused':
      return `Paused${why}. Devices keep what they have.`;
    case 'succeeded':
      return 'All devices of the group get it.';
    case 'aborting':
      return `Aborted${why}. Devices go back.`;
    case 'undoing':
      return `Undone${why}. Devices go back.`;
    case 'aborted':
      return `Aborted${why}.`;
    case 'undone':
      return `Undone${why}.`;
    default:
      return 'This page does not know this state.';
  }
}
