/**
 * Measures how large the code is, and how many of its files a command passes through. {@code integration-tests/house}
 * starts it. It is no test: nothing here fails a build.
 */
package io.efka.it.house;
