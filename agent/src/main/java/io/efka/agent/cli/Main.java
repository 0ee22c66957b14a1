package io.efka.agent.cli;

/** What `java -jar efka.jar` starts. */
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        System.exit(64);
    }
}
