/** Numbers at the axes of charts. */

/** `0.24`, `12.2`, `120`. */
export const decimal = (value: number): string => String(Math.abs(value) < 10 ? Math.round(value * 100) / 100 : Math.abs(value) < 100 ? Math.round(value * 10) / 10 : Math.round(value));

export const percent = (value: number): string => `${decimal(Math.round(value * 10) / 10)} %`;
