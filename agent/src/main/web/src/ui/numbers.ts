/** Numbers at the axes of charts. */

/** `0.24`, `12.2`, `120.37`. */
export const decimal = (value: number): string => String(Math.round(value * 100) / 100);

/** `0.24 %`, `12.2 %`, `120 %`. */
export const percent = (value: number): string => `${Number(value.toPrecision(3))} %`;
