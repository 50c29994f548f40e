// Stands for every style sheet that a package imports.
module.exports = {};
