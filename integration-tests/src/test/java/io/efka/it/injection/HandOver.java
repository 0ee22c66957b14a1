package io.efka.it.injection;

/**
 * A method of the agent on which something depends that another thread waits for.
 *
 * @param type binary name of the class
 * @param thread the beginning of its name; empty: whoever comes
 * @param when what makes the agent come there
 */
record HandOver(String type, String method, String thread, When when) {
    enum When {
        /** The load does, all the time. */
        UNDER_LOAD,
        /** A connection that is cut. */
        LINK_CUT,
        /** The start of an agent. */
        AT_START,
        /** SIGTERM. */
        AT_END
    }

    static HandOver of(String place, String thread, When when) {
        int dot = place.lastIndexOf('.');
        return new HandOver(place.substring(0, dot), place.substring(dot + 1), thread, when);
    }

    /** As the JVM calls it. */
    String internalName() {
        return type.replace('.', '/');
    }

    /** What {@link Injection#maybe} is called with. */
    String place() {
        return type + "." + method;
    }

    @Override
    public String toString() {
        return place() + (thread.isEmpty() ? "" : " on " + thread);
    }
}
