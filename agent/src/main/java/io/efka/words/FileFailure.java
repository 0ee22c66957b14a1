package io.efka.words;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Says in an operator's words why a file or a folder could not be used. The JDK's messages are names of classes and paths. */
public final class FileFailure {
    private FileFailure() {}

    /** The reason and, if the JDK names it, the file: {@code /etc/efka/ca.pem: no such file or folder}. */
    public static String words(Exception problem) {
        Throwable cause = cause(problem);
        boolean isNamed = cause instanceof FileSystemException named && named.getFile() != null;
        return isNamed ? ((FileSystemException) cause).getFile() + ": " + reason(problem) : reason(problem);
    }

    /** The reason alone, for a message that names the file already. */
    public static String reason(Exception problem) {
        Throwable cause = cause(problem);
        if (cause instanceof NoSuchFileException) return "no such file or folder";
        if (cause instanceof AccessDeniedException) return "permission denied";
        if (cause instanceof NotDirectoryException) return "not a folder";
        if (cause instanceof DirectoryNotEmptyException) return "the folder is not empty";
        if (cause instanceof FileAlreadyExistsException) return "it exists already";
        if (cause instanceof CharacterCodingException) return "not UTF-8 text";
        if (cause instanceof FileSystemException named && named.getReason() != null) return lower(named.getReason());
        if (!(cause instanceof IOException) || cause.getMessage() == null) return cause.toString();
        return lower(cause.getMessage());
    }

    private static Throwable cause(Exception problem) {
        boolean isWrapped = problem instanceof UncheckedIOException;
        return isWrapped && problem.getCause() instanceof IOException wrapped ? wrapped : problem;
    }

    /** The kernel's messages begin with a capital letter. */
    private static String lower(String message) {
        boolean isWord = message.length() > 1 && Character.isLowerCase(message.charAt(1));
        return isWord ? Character.toLowerCase(message.charAt(0)) + message.substring(1) : message;
    }
}
