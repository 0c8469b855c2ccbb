// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reverxy::app {

/// What the search for the configuration file needs of the disk.
class FileSystem {
  public:
    enum class Status : uint8_t { Read, Missing, Directory, Unreadable };

    struct File {
        Status status = Status::Missing;
        std::string text;   // when Read; cut a byte past the longest configuration
        std::string reason; // when Unreadable, the system's words
    };

    virtual ~FileSystem() = default;
    virtual File read(const std::string& path) = 0;
    /// Makes a file, and the folders to it; one that is there already is left alone and is an error. Returns the
    /// reason of a failure in the system's words, or "".
    virtual std::string create(const std::string& path, std::string_view text) = 0;
};

/// The disk itself. Blocks; may be used on any thread.
class LocalFileSystem final : public FileSystem {
  public:
    File read(const std::string& path) override;
    std::string create(const std::string& path, std::string_view text) override;
};

} // namespace reverxy::app
