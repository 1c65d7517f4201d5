#include "phase2_vectorized/week05_data/picture_folder.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "common/file.h"
#include "common/image.h"
#include "common/test_files.h"
#include "phase2_vectorized/testing.h"
#include "phase2_vectorized/week05_data/picture_file.h"
#include "phase2_vectorized/week05_data/prepare_picture.h"
#include "phase2_vectorized/week05_data/resize.h"

namespace nn::cpu {
namespace {

namespace fs = std::filesystem;

// White, with a black bar that begins at column `left`.
Image bar(int width, int height, int left) {
  Image image = make_image(width, height);
  fill_rectangle(image, left, 1, 2, height - 2, {0, 0, 0});
  return image;
}

void put(const fs::path& path, const Image& image) {
  fs::create_directories(path.parent_path());
  write_png(path, image);
}

class PictureFolder : public testing::Test {
 protected:
  PictureFolder() {
    put(root() / "oak/b.png", bar(7, 5, 1));
    put(root() / "oak/a.PNG", bar(7, 5, 2));
    put(root() / "birch/1.png", bar(7, 5, 3));
  }
  const fs::path& root() const { return folder_.path(); }
  // Is loading refused with a message that has these parts?
  testing::AssertionResult refused(const std::vector<std::string>& parts,
                                   const PictureFolderOptions& options = {}) const {
    return refuses([&] { load_picture_folder(root(), options); }, parts);
  }

 private:
  TemporaryFolder folder_;
};

TEST_F(PictureFolder, HasAClassForEachSubfolder) {
  const Dataset data = load_picture_folder(root(), {});
  check_dataset(data);
  EXPECT_EQ(data.class_names, (std::vector<std::string>{"birch", "oak"}));
  EXPECT_EQ(data.labels, (std::vector{0, 1, 1}));
  EXPECT_EQ(data.image_height, 5);
  EXPECT_EQ(data.image_width, 7);
  const std::vector<fs::path> files{root() / "birch/1.png", root() / "oak/a.PNG",
                                    root() / "oak/b.png"};
  for (int n = 0; n < 3; ++n) {
    const Matrix picture = read_grey_picture(files[static_cast<std::size_t>(n)]);
    for (int i = 0; i < 35; ++i)
      EXPECT_EQ(data.x(n, i), picture.values()[static_cast<std::size_t>(i)]);
  }
}

TEST_F(PictureFolder, PassesOverWhatIsNoPicture) {
  write_file_atomically(root() / "README.txt", std::string_view("leaves"));
  write_file_atomically(root() / "oak/notes.txt", std::string_view("found in May"));
  write_file_atomically(root() / "oak/.DS_Store", std::string_view("\x01"));
  fs::create_directory(root() / ".cache");
  EXPECT_EQ(load_picture_folder(root(), {}).size(), 3);
}

TEST_F(PictureFolder, RefusesMixedSizesNamingBoth) {
  put(root() / "oak/c.png", bar(9, 5, 1));
  EXPECT_TRUE(refused({(root() / "oak/c.png").string(), "5 x 9", (root() / "birch/1.png").string(),
                       "5 x 7", "one size"}));
}

TEST_F(PictureFolder, ResizesMixedSizesWhereAsked) {
  put(root() / "oak/c.png", bar(29, 31, 1));
  const Dataset data = load_picture_folder(root(), {.fit = Fit::resize, .height = 6, .width = 3});
  check_dataset(data);
  EXPECT_EQ(data.image_height, 6);
  EXPECT_EQ(data.image_width, 3);
  Matrix want(6, 3);
  resize_area(want, read_grey_picture(root() / "oak/c.png"));
  for (int i = 0; i < 18; ++i) EXPECT_EQ(data.x(3, i), want.values()[static_cast<std::size_t>(i)]);
}

TEST_F(PictureFolder, PreparesLikeMnistWhereAsked) {
  put(root() / "oak/c.png", bar(90, 50, 11));
  const Dataset data = load_picture_folder(root(), {.fit = Fit::like_mnist});
  check_dataset(data);
  EXPECT_EQ(data.features(), 784);
  Matrix want(28, 28);
  prepare_picture(want, read_grey_picture(root() / "oak/c.png"));
  for (int i = 0; i < 784; ++i) EXPECT_EQ(data.x(3, i), want.values()[static_cast<std::size_t>(i)]);
  put(root() / "birch/blank.png", make_image(5, 5));
  EXPECT_TRUE(refused({(root() / "birch/blank.png").string(), "an empty picture"},
                      {.fit = Fit::like_mnist}));
}

TEST_F(PictureFolder, RefusesWhatIsNoFolderOfClasses) {
  EXPECT_TRUE(refuses([&] { load_picture_folder(root() / "none", {}); },
                      {(root() / "none").string(), "cannot be read"}));
  EXPECT_TRUE(refuses([&] { load_picture_folder(root() / "oak/b.png", {}); }, {"cannot be read"}));
  const TemporaryFolder empty;
  EXPECT_TRUE(refuses([&] { load_picture_folder(empty.path(), {}); },
                      {empty.path().string(), "no subfolders"}));
  EXPECT_TRUE(refused({"0 x 3"}, {.fit = Fit::resize, .height = 0, .width = 3}));
  EXPECT_TRUE(refused({"3 x 4097", "1 to 4096"}, {.fit = Fit::resize, .height = 3, .width = 4097}));
}

TEST_F(PictureFolder, RefusesASingleClass) {
  fs::remove_all(root() / "oak");
  EXPECT_TRUE(refused({root().string(), "one class, birch", "two or more"}));
}

TEST_F(PictureFolder, RefusesAnEmptyClass) {
  fs::create_directory(root() / "ash");
  EXPECT_TRUE(refused({(root() / "ash").string(), "without a picture"}));
  write_file_atomically(root() / "ash/notes.txt", std::string_view("none yet"));
  EXPECT_TRUE(refused({(root() / "ash").string(), "without a picture"}));
}

TEST_F(PictureFolder, RefusesToLosePictures) {
  put(root() / "stray.png", bar(7, 5, 1));
  EXPECT_TRUE(refused({(root() / "stray.png").string(), "without a class"}));
  fs::remove(root() / "stray.png");
  write_file_atomically(root() / "oak/photo.JPG", std::string_view("\xff\xd8"));
  EXPECT_TRUE(refused({(root() / "oak/photo.JPG").string(), "only PNG files are read"}));
  fs::remove(root() / "oak/photo.JPG");
  put(root() / "oak/more/d.png", bar(7, 5, 1));
  EXPECT_TRUE(refused({(root() / "oak/more").string(), "folder within a class"}));
}

TEST_F(PictureFolder, NamesTheFileThatIsBroken) {
  write_file_atomically(root() / "oak/aa.png",
                        std::string_view("\x89PNG\r\n\x1a\n and then nothing"));
  EXPECT_TRUE(refused({(root() / "oak/aa.png").string(), "no readable PNG"}));
  fs::remove(root() / "oak/aa.png");
  fs::create_symlink(root() / "oak/ab.png", root() / "oak/ab.png");
  EXPECT_TRUE(refused({(root() / "oak/ab.png").string()}));
}

}  // namespace
}  // namespace nn::cpu
