// SPDX-License-Identifier: MIT
#include "app/file_system.h"

#include "config/yaml_tree.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

namespace reverxy::app {

namespace {

struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
};

using OpenFile = std::unique_ptr<std::FILE, Close>;

std::string reasonOf(int error) {
    return std::generic_category().message(error);
}

} // namespace

FileSystem::File LocalFileSystem::read(const std::string& path) {
    std::error_code error;
    const auto status = std::filesystem::status(path, error);
    if (status.type() == std::filesystem::file_type::not_found)
        return {Status::Missing, {}, {}};
    if (error)
        return {Status::Unreadable, {}, error.message()};
    if (status.type() == std::filesystem::file_type::directory)
        return {Status::Directory, {}, {}};
    const OpenFile file(std::fopen(path.c_str(), "rb"));
    if (!file)
        return {Status::Unreadable, {}, reasonOf(errno)};
    File result{Status::Read, {}, {}};
    // Bounded: the path may be a device without an end.
    char chunk[16 * 1024];
    while (result.text.size() <= config::longestDocument) {
        errno = 0;
        const size_t length = std::fread(chunk, 1, sizeof chunk, file.get());
        result.text.append(chunk, length);
        if (length == 0)
            break;
    }
    if (std::ferror(file.get()))
        return {Status::Unreadable, {}, reasonOf(errno)};
    return result;
}

std::string LocalFileSystem::create(const std::string& path, std::string_view text) {
    std::error_code error;
    const auto folder = std::filesystem::path(path).parent_path();
    if (!folder.empty())
        std::filesystem::create_directories(folder, error);
    if (error)
        return error.message();
    OpenFile file(std::fopen(path.c_str(), "wbx"));
    if (!file)
        return reasonOf(errno);
    errno = 0;
    const bool written =
        std::fwrite(text.data(), 1, text.size(), file.get()) == text.size() && std::fflush(file.get()) == 0;
    const int failure = errno;
    file.reset();
    if (written)
        return {};
    // Half a file would be taken for the user's own at the next start.
    std::filesystem::remove(path, error);
    return reasonOf(failure);
}

} // namespace reverxy::app
