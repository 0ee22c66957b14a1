/**
 * How large the code is, and how many of its files a command crosses on its way. Started by {@code integration-tests/house};
 * no test: nothing here fails a build.
 */
package io.efka.it.house;
