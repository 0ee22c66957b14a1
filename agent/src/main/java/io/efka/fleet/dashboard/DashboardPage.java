package io.efka.fleet.dashboard;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The page as a file, with the address of the broker and the prefix of the topics filled in. */
public final class DashboardPage {
    private static final String RESOURCE = "dashboard.html";
    private static final String BROKER = "<meta name=\"efka-broker\" content=\"";
    private static final String PREFIX = "<meta name=\"efka-prefix\" content=\"";

    private DashboardPage() {}

    /**
     * The whole file.
     *
     * @param broker the WebSocket address that the page offers
     * @param prefix the first levels of the fleet's topics
     */
    public static String of(String broker, String prefix) {
        try (InputStream in = DashboardPage.class.getResourceAsStream(RESOURCE)) {
            if (in == null) throw new IllegalStateException(RESOURCE + " is missing from the jar");
            return filled(new String(in.readAllBytes(), StandardCharsets.UTF_8), broker, prefix);
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE + " cannot be read", e);
        }
    }

    /** Changes two attributes and no other character: the hashes in the page's own policy hold for all the rest. */
    static String filled(String page, String broker, String prefix) {
        return withContent(withContent(page, BROKER, broker), PREFIX, prefix);
    }

    private static String withContent(String page, String tag, String value) {
        int start = page.indexOf(tag) + tag.length();
        int end = page.indexOf('"', start);
        if (start < tag.length() || end < 0 || page.indexOf(tag, start) >= 0) {
            throw new IllegalStateException(RESOURCE + " must have one " + tag + "…");
        }
        return page.substring(0, start) + escaped(value) + page.substring(end);
    }

    /** For an attribute between double quotes. */
    private static String escaped(String value) {
        return value.replace("&", "&amp;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;")
                .replace("<", "&lt;")
                .replace(">", "&gt;");
    }
}
