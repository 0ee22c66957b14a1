package io.efka.it.bench;

import java.util.List;

/** One thing to be measured. */
interface Benchmark {
    /** The word that selects it. */
    String name();

    /** Measures; takes a minute at most. */
    List<Row> run(BenchSetup setup) throws Exception;
}
