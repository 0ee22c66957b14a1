package io.efka.agent.main;

/** How much is logged; each level includes the graver ones before it. */
enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
}
